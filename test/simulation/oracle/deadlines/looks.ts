import { HOUR, MINUTE } from '../../ocrolus/random.ts';
import type { DocumentTruth } from '../../ocrolus/truth.ts';
import { isFresh } from '../final/stored.ts';
import { BOOK_KINDS, DOCUMENT_KINDS, isAvailable, isCaptured, wantedOf } from '../vendor/results.ts';
import type { Watch } from '../watch.ts';
import {
  graceOf,
  isSurelySeen,
  JITTER,
  JOBS_MS,
  lookPause,
  NOISY_PER_DOCUMENT_MS,
  PROCESSING,
} from './pauses.ts';

/** Changes of a book within so long are looked for together. */
const TOGETHER_MS = 10 * MINUTE;

interface Change {
  /** Unix milliseconds: the last of them. */
  at: number;
  /** Undisturbed milliseconds in which a look must have found it. */
  readonly allowed: number;
}

interface Seen {
  readonly createdAt: number;
  /** When it changed last, and when it was finished, before that change and after it. */
  changedAt: number;
  endedBefore: number | undefined;
  endedAt: number | undefined;
  /** When it went back to work, and when it had been finished. */
  left: { readonly at: number; readonly endedAt: number } | undefined;
  last: Change | undefined;
}

/**
 * What Ocrolus shows is found by the next look, whether or not an event announces it. Each change of a book has a deadline;
 * then everything that has not changed since must be in the table.
 */
export class LookDeadlines {
  readonly #watch: Watch;
  readonly #books = new Map<string, Seen>();

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** Ocrolus shows something else of a book, or another result. */
  change(bookUuid: string): void {
    const at = this.#watch.now();
    const { createdAt, isEnded, changedAt } = this.#watch.core.ocrolus.outline(bookUuid);
    let seen = this.#books.get(bookUuid);
    if (seen === undefined) {
      seen = {
        createdAt,
        changedAt: at,
        endedBefore: undefined,
        endedAt: undefined,
        left: undefined,
        last: undefined,
      };
      this.#books.set(bookUuid, seen);
    }
    if (seen.changedAt < at) {
      seen.changedAt = at;
      seen.endedBefore = seen.endedAt;
    }
    if (isEnded) seen.endedAt ??= this.#endOf(seen, changedAt);
    else if (seen.endedAt !== undefined) {
      seen.left = { at, endedAt: seen.endedAt };
      seen.endedAt = undefined;
    }
    this.#expect(bookUuid, seen, at);
  }

  /** Looks count from the end that was observed: the one before, if the book may have been at work between two looks only. */
  #endOf({ createdAt, left }: Seen, endedAt: number): number {
    if (left === undefined) return endedAt;
    const { stage } = this.#watch.deployments.current;
    const change = { since: left.at, awayMs: endedAt - left.at };
    return isSurelySeen({ createdAt }, change, stage) ? endedAt : left.endedAt;
  }

  #expect(bookUuid: string, seen: Seen, at: number): void {
    const { deployments, deadlines, quietAt } = this.#watch;
    const { stage } = deployments.current;
    const { createdAt, endedBefore, last } = seen;
    const pause = lookPause({ createdAt, endedAt: endedBefore }, at, stage);
    const { documentCount } = this.#watch.core.ocrolus.outline(bookUuid);
    const noisy = PROCESSING.noisy + documentCount * NOISY_PER_DOCUMENT_MS;
    const processing = at < quietAt ? noisy : PROCESSING.quiet;
    // The look that finds an earlier change is the next one.
    const pending = last === undefined ? 0 : last.at + last.allowed - at;
    const allowed = Math.max(pause + graceOf(stage) + processing, pending);
    if (last !== undefined && at - last.at < TOGETHER_MS && Math.abs(allowed - last.allowed) < HOUR) {
      last.at = at;
      return;
    }
    const change = { at, allowed };
    seen.last = change;
    if (Number.isFinite(allowed)) deadlines.add(at + allowed, () => this.#check(bookUuid, change));
  }

  /** @returns when to look again. */
  #check(bookUuid: string, { at, allowed }: Change): number | undefined {
    const { core, now, disturbances, exemptions, discovery, written } = this.#watch;
    const account = core.ocrolus.accountOf(bookUuid);
    const outline = core.ocrolus.outline(bookUuid);
    // While the API does not find a book that is listed, it is asked again with growing pauses.
    const hidden = Math.max(0, outline.visibleFrom - at);
    const free = disturbances.undisturbed(this.#knownFrom(bookUuid, at) + hidden, now(), account);
    const most = allowed + hidden * JITTER;
    if (free < most) return now() + most - free;
    if (exemptions.of(bookUuid, at, now()) !== undefined || this.#wasAway(account, at)) return undefined;
    if (outline.status === 'DELETED') return undefined;
    const book = core.table.peek({ bookId: bookUuid, item: 'BOOK' });
    if (book === undefined) {
      const isExpected = outline.listedFrom <= at && discovery.isFound(bookUuid, outline);
      if (isExpected && written.expiredAt(bookUuid, 'BOOK') === undefined)
        this.#report(bookUuid, at, 'the book is not stored');
      return undefined;
    }
    if (outline.changedAt <= at && book.status !== outline.status)
      this.#report(bookUuid, at, `status is ${book.status}, not ${outline.status}`);
    const documents = core.ocrolus.documents(bookUuid);
    for (const document of documents) this.#checkDocument(bookUuid, document, { at, allowed });
    if (outline.isEnded && outline.changedAt <= at && documents.some(isCaptured))
      this.#checkBook(bookUuid, outline.bookClass, { at, allowed });
    return undefined;
  }

  /** The account was not served meanwhile: what came and went then was seen by nobody. */
  #wasAway(account: string, from: number): boolean {
    const { deployments, now } = this.#watch;
    const since = deployments.all.filter(({ at }) => at > from && at <= now()).map(({ stage }) => stage);
    return [deployments.at(from).stage, ...since].some(({ accounts }) => !accounts.includes(account));
  }

  /** A book is known once it is listed, if discovery looks for it, or once an event or an operator names it. */
  #knownFrom(bookUuid: string, at: number): number {
    const { core, deployments } = this.#watch;
    const { discover, discoverFrom } = deployments.current.stage.poll;
    const createdAt = core.table.peek({ bookId: bookUuid, item: 'BOOK' })?.createdAt;
    if (typeof createdAt !== 'string') return at;
    const isLookedFor = discover && discoverFrom === undefined;
    const listedFrom = isLookedFor ? core.ocrolus.outline(bookUuid).listedFrom : Number.POSITIVE_INFINITY;
    return Math.max(at, Math.min(Date.parse(createdAt), listedFrom));
  }

  #checkDocument(bookUuid: string, document: DocumentTruth, change: Change): void {
    const { uuid, status, statusAt, listed, revision } = document;
    const { core } = this.#watch;
    const { at } = change;
    if (statusAt > at || !listed) return;
    const stored = core.table.peek({ bookId: bookUuid, item: `DOC#${uuid}` });
    const isExpired =
      stored === undefined && this.#watch.written.expiredAt(bookUuid, `DOC#${uuid}`) !== undefined;
    if (stored?.status !== status && !isExpired)
      this.#report(bookUuid, at, `${uuid} is ${stored?.status}, not ${status}`);
    if (!isCaptured(document)) return;
    for (const kind of DOCUMENT_KINDS) {
      // The file is the same in every revision.
      const least = kind === 'original' ? 1 : revision;
      if (!isFresh(core, { bookUuid, kind, subject: uuid, revision: least }))
        this.#checkResult(bookUuid, kind, uuid, change);
    }
  }

  #checkBook(bookUuid: string, bookClass: string, change: Change): void {
    const { core, deployments, now } = this.#watch;
    for (const kind of BOOK_KINDS) {
      const wanted = [change.at, now()].map((time) => wantedOf(kind, bookClass, deployments.at(time).stage));
      if (!wanted.every((policy) => policy === 'always')) continue;
      // What Detect says later is found by its events, and at the end.
      const revision = kind === 'signals' ? 0 : core.ocrolus.revision(bookUuid, kind, bookUuid);
      if (!isFresh(core, { bookUuid, kind, subject: bookUuid, revision }))
        this.#checkResult(bookUuid, kind, bookUuid, change);
    }
  }

  /** A result that is not recent: is it available, and since when could a look know? */
  #checkResult(
    bookUuid: string,
    kind: (typeof BOOK_KINDS)[number] | (typeof DOCUMENT_KINDS)[number],
    subject: string,
    { at, allowed }: Change,
  ): void {
    const { core, now, disturbances, deployments, written } = this.#watch;
    const result = core.ocrolus.result(bookUuid, kind, subject);
    if (result === undefined || !isAvailable(result) || result.availableFrom > at) return;
    // A permanent answer has closed it: the end of the run knows whether an event has opened it again.
    if (result.permanentUntil > 0 || written.expiredAt(bookUuid, `RESULT#${kind}#${subject}`) !== undefined)
      return;
    const outline = core.ocrolus.outline(bookUuid);
    const { bookClass } = outline;
    if (wantedOf(kind, bookClass, deployments.at(at).stage) !== 'always') return;
    if (wantedOf(kind, bookClass, deployments.current.stage) !== 'always') return;
    const { since, isShown } = result.change;
    const wasSeen = isShown || isSurelySeen(outline, result.change, deployments.at(since).stage);
    if (since > 0 && !wasSeen) return;
    const account = core.ocrolus.accountOf(bookUuid);
    const most = result.state === 'asynchronous' ? allowed + JOBS_MS : allowed;
    if (disturbances.undisturbed(at, now(), account, kind) < most) return;
    this.#report(
      bookUuid,
      at,
      `${kind} ${subject}, revision ${result.revision} since ${new Date(result.changedAt).toISOString()}`,
    );
  }

  #report(bookUuid: string, at: number, text: string): void {
    this.#watch.violations.add('late-look', bookUuid, `${text}; shown since ${new Date(at).toISOString()}`);
  }
}

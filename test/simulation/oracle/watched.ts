import type { Change, MemoryTableCore } from '../kernel/table/memory-table-core.ts';
import { MINUTE } from '../ocrolus/random.ts';
import type { BookOutline } from '../ocrolus/truth.ts';
import type { Core } from '../system/core.ts';
import { KNOWN_AFTER_MS } from './calls/circuits.ts';
import { suppressedSince } from './entries.ts';

/** When items have expired, and were not written again since. */
export class Expired {
  readonly #at = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  change({ key: { bookId, item }, after, isExpiry }: Change): void {
    const name = `${bookId} ${item}`;
    if (isExpiry === true) this.#at.set(name, this.#now());
    else if (after !== undefined && this.#at.size > 0) this.#at.delete(name);
  }

  /** @returns Unix milliseconds; `undefined`: it has not expired, or was written again. */
  at(bookId: string, item: string): number | undefined {
    return this.#at.get(`${bookId} ${item}`);
  }
}

/** Which books the product must have found: those that an event named, and those that a list shows it. */
export class Discovery {
  readonly #core: Core;
  readonly #named = new Set<string>();
  readonly #backfills: { readonly account: string; readonly at: number }[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  /** A delivery about the book was accepted. */
  named(bookUuid: string): void {
    this.#named.add(bookUuid);
  }

  /** The books of an account that were listed by then are due. @param at Unix milliseconds. */
  backfilled(account: string, at: number): void {
    this.#backfills.push({ account, at });
  }

  /** @returns whether the book must be stored: by an event, by discovery or by a backfill. */
  isFound(bookUuid: string, { createdAt, listedFrom }: BookOutline): boolean {
    if (this.#named.has(bookUuid)) return true;
    const account = this.#core.ocrolus.accountOf(bookUuid);
    if (this.#backfills.some((one) => one.account === account && one.at > listedFrom)) return true;
    const { discover, discoverFrom = '' } = this.#core.deployments.current.stage.poll;
    return discover && new Date(createdAt).toISOString() >= discoverFrom;
  }
}

/** By how much later than a change something must have been written, so that the write must have seen the change. */
const SURELY_AFTER_MS = 90_000;

/** When the product last wrote down that a book or document has changed: then it must ask for its results again. */
export class Renewals {
  readonly #at = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns whether a book or document is stored with another generation or status. */
  change({ key: { bookId, item }, before, after }: Change): boolean {
    const isBook = item === 'BOOK';
    if (after === undefined || (!isBook && !item.startsWith('DOC#'))) return false;
    const attribute = isBook ? 'generation' : 'status';
    if (before?.[attribute] === after[attribute]) return false;
    this.#at.set(isBook ? bookId : item.slice('DOC#'.length), this.#now());
    return true;
  }

  /** @returns Unix milliseconds: what has changed until then was surely seen. */
  of(uuid: string): number {
    return (this.#at.get(uuid) ?? 0) - SURELY_AFTER_MS;
  }
}

/** An event about a verified book within so long after its capture has ended is a repetition (docs/design.md#who-marks). */
const REPETITION_MS = 15 * MINUTE;
/** Between the acceptance of an event and its processing, in either direction. */
const MARGIN_MS = 15 * MINUTE;

/** Since when books are stored as verified, and when an event said so last. */
export class VerifiedBooks {
  readonly #since = new Map<string, number>();
  readonly #announcedAt = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  change({ key: { bookId, item }, before, after }: Change): void {
    if (item !== 'BOOK') return;
    if (after?.status !== 'VERIFIED') this.#since.delete(bookId);
    else if (before?.status !== 'VERIFIED' || before.generation !== after.generation)
      this.#since.set(bookId, this.#now());
  }

  /**
   * An event says that a book is verified.
   *
   * @returns `first`: it is about the end of capture. `repetition`: of another event. `correction`: something in the book
   * was corrected, since nothing else can be the reason of the event.
   */
  announce(bookUuid: string): 'first' | 'repetition' | 'correction' {
    const now = this.#now();
    const since = this.#since.get(bookUuid);
    const announcedAt = this.#announcedAt.get(bookUuid);
    this.#announcedAt.set(bookUuid, now);
    if (since === undefined || now - since < REPETITION_MS + MARGIN_MS) return 'first';
    const isRepetition = announcedAt !== undefined && now - announcedAt < REPETITION_MS + MARGIN_MS;
    return isRepetition ? 'repetition' : 'correction';
  }
}

/** Circuits that were closed a moment ago, which a process may still take for open. */
export class ClosedCircuits {
  readonly #closed = new Map<string, { readonly openedAt: number; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  change({ key: { bookId, item }, before, after }: Change): void {
    if (bookId !== 'circuit' || before?.openedAt === undefined || after?.openedAt !== undefined) return;
    this.#closed.set(item, { openedAt: Date.parse(String(before.openedAt)), at: this.#now() });
  }

  /**
   * Since when a process may leave out the requests for a kind.
   *
   * @returns Unix milliseconds; `undefined`: the circuit is closed, and not since just now.
   */
  suppressedSince(table: MemoryTableCore, account: string, kind: string): number | undefined {
    const since = suppressedSince(table, account, kind);
    if (since !== undefined) return since;
    const closed = this.#closed.get(`${account}#${kind}`);
    return closed !== undefined && this.#now() - closed.at < KNOWN_AFTER_MS ? closed.openedAt : undefined;
  }
}

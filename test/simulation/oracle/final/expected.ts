import type { Kind } from '../../ocrolus/profile.ts';
import { DAY } from '../../ocrolus/random.ts';
import type { BookTruth, DocumentTruth, ResultTruth } from '../../ocrolus/truth.ts';
import type { Stage } from '../../system/settings.ts';
import { isSurelySeen, lookPause } from '../deadlines/pauses.ts';
import type { ExcuseName } from '../excuses.ts';
import type { NamedResults } from '../running/named.ts';
import type { PublishedCheck } from '../running/published.ts';
import { isAvailable, isCaptured, isDocumentKind, isDone, isEnded, wantedOf } from '../vendor/results.ts';
import type { Watch } from '../watch.ts';
import { bodyOf, storedResult } from './stored.ts';

/** What the comparison at the end of a run needs. */
export interface FinalCheck extends Watch {
  readonly named: NamedResults;
  readonly published: PublishedCheck;
  readonly counts: { compared: number };
  /** The final outcome of a delivery, by its key in the ledger. */
  readonly outcomeOf: (ledgerKey: string) => string | undefined;
}

/**
 * Probes come 1, 3 and 10 days after a book was finished, also of a document that Detect does not list; the last one may take
 * a while.
 */
const LAST_PROBE_MS = 10 * DAY;
const PROBED_BY_MS = 10.5 * DAY;
const PROBES = 3;

/** Whether a result must be in the table at the end of a run, or why not. */
export function isExpected(check: FinalCheck, truth: BookTruth, result: ResultTruth): boolean | ExcuseName {
  if (!isAvailable(result)) return false;
  const { kind, subject } = result;
  const { bookUuid, bookClass } = truth;
  const wanted = wantedOf(kind, bookClass, check.deployments.last.stage);
  if (wanted === 'never') return false;
  const named = check.named.latest(bookUuid, kind, subject);
  if (isDocumentKind(kind)) {
    const document = truth.documents.find(({ uuid }) => uuid === subject);
    return document !== undefined && isCaptured(document) && isSeen(check, truth);
  }
  // A policy counts from when it is deployed.
  const { permanentUntil } = result;
  const isFound = () => (wanted === 'always' ? isSeen(check, truth) : isProbed(check, truth, result));
  if (permanentUntil > 0 && check.named.newestAt(bookUuid, kind, subject) < permanentUntil)
    return truth.changedAt > permanentUntil ? isFound() : 'permanent-answer';
  if (named !== undefined && wantedOf(kind, bookClass, check.deployments.at(named.at).stage) !== 'never') {
    const isRefused = named.withoutBook !== undefined && check.outcomeOf(named.withoutBook) === 'refused';
    return isRefused ? 'event-without-book' : true;
  }
  const isOfBook = subject.split('@')[0] === bookUuid;
  if (!isOfBook || kind === 'business' || !isEnded(truth)) return false;
  return isAskedFor(truth, kind) && isFound();
}

/** Of a book without a document that has results, only the classification is asked for without an event. */
function isAskedFor({ documents }: BookTruth, kind: Kind): boolean {
  return kind === 'classification' || documents.some(isCaptured);
}

/** A look has come since the book, or what is wanted of it, has changed. */
function isSeen(check: FinalCheck, truth: BookTruth): true | ExcuseName {
  const { createdAt, changedAt } = truth;
  const book = { createdAt, endedAt: isEnded(truth) ? changedAt : undefined };
  const deployedAt = Math.max(changedAt, check.deployments.last.at);
  const pause = lookPause(book, deployedAt, check.deployments.last.stage);
  return Number.isFinite(pause) && deployedAt + pause < check.now() ? true : 'old-book';
}

/** It was there when the last probe came, and the last probe has come. */
function isProbed(check: FinalCheck, truth: BookTruth, result: ResultTruth): boolean | ExcuseName {
  const { changedAt: endedAt, createdAt } = truth;
  // Version 1 is deprecated, and not probed.
  if (result.kind === 'analytics') return false;
  // When the end was seen.
  const seenBy =
    endedAt + lookPause({ createdAt, endedAt: undefined }, endedAt, check.deployments.last.stage);
  if (check.now() < seenBy + PROBED_BY_MS || check.deployments.last.at > endedAt + LAST_PROBE_MS)
    return false;
  // It is decided when the end is seen, in a first look that may come much later, which results are probed.
  const stages = check.core.deployments.all.filter(({ at }) => at < seenBy + PROBED_BY_MS);
  const since = Math.max(
    0,
    stages.findLastIndex(({ at }) => at <= endedAt),
  );
  const isUnwanted = ({ stage }: { readonly stage: Stage }) =>
    wantedOf(result.kind, truth.bookClass, stage) === 'never';
  if (stages.slice(since).some(isUnwanted)) return 'not-wanted-then';
  const isTooLate = result.availableFrom > endedAt + LAST_PROBE_MS || result.failedJobs >= PROBES;
  return isTooLate ? 'after-the-last-probe' : true;
}

/**
 * Whether an older body than Ocrolus's is wrong: something said that there may be a newer one after the older one was
 * answered for the last time. Else the excuse.
 */
export function mustBeNewest(check: FinalCheck, truth: BookTruth, result: ResultTruth): true | ExcuseName {
  const { bookUuid } = truth;
  const { kind, subject, changedAt, change } = result;
  const { since, isShown, awayMs } = change;
  if (since === 0) return true;
  const isUnwanted = (time: number) =>
    wantedOf(kind, truth.bookClass, check.deployments.at(time).stage) === 'never';
  const namedAt = check.named.newestAt(bookUuid, kind, subject);
  if (namedAt >= since && !isUnwanted(namedAt)) return true;
  if (isUnwanted(changedAt) || (namedAt >= since && isUnwanted(namedAt))) return 'not-wanted-then';
  const renewedAt = check.written.renewedAt(isDocumentKind(kind) ? subject : bookUuid);
  if (renewedAt >= changedAt && isAskedFor(truth, kind)) return true;
  if (isShown) return isSeen(check, truth);
  if (awayMs === 0) return check.named.unnamedSince(bookUuid, since) ?? 'recomputed-unannounced';
  return isSurelySeen(truth, change, check.deployments.last.stage) ? true : 'back-between-looks';
}

/**
 * The signals of a finished book are stored, and those of each document that an event names. What Detect says of a document
 * is the same text in its own answer and in the book's: the newer one of the two must have it.
 */
export function checkSignals(check: FinalCheck, truth: BookTruth): void {
  const { core, violations, counts } = check;
  const { bookUuid, bookClass, documents, results } = truth;
  // Few books have what the contract lacks: their signals are fetched if an event names them.
  const isServed = check.written.suppressedSince(core.ocrolus.accountOf(bookUuid), 'signals') === undefined;
  const isWanted = isServed && wantedOf('signals', bookClass, check.deployments.last.stage) === 'always';
  const isOfBook = isWanted && isEnded(truth) && documents.some(isCaptured);
  const ofBook = results.find(({ kind, subject }) => kind === 'signals' && subject === bookUuid);
  if (isOfBook && ofBook?.state === 'available') {
    counts.compared += 1;
    const isExpired = check.written.expiredAt(bookUuid, `RESULT#signals#${bookUuid}`) !== undefined;
    if (!isExpired && storedResult(core, bookUuid, 'signals', bookUuid) === undefined)
      violations.add('book-signals-missing', bookUuid, 'the book is finished');
  }
  if (wantedOf('signals', bookClass, check.deployments.last.stage) === 'never') return;
  for (const document of documents) {
    const own = results.find(({ kind, subject }) => kind === 'signals' && subject === document.uuid);
    const isSettled = document.detect !== 'ABSENT' && document.detect !== 'PENDING';
    if (!isSettled || document.analysis === '' || !document.listed || own?.state !== 'available') continue;
    const { at = 0 } = check.named.latest(bookUuid, 'signals', document.uuid) ?? {};
    const namedAt = wantedOf('signals', bookClass, check.deployments.at(at).stage) === 'never' ? 0 : at;
    if (namedAt > 0 || (isOfBook && isDone(document)))
      checkDocument(check, truth, { document, changedAt: own.changedAt, namedAt });
  }
}

interface DocumentSignals {
  readonly document: DocumentTruth;
  /** Unix milliseconds: when they last changed, and when an event last named them. */
  readonly changedAt: number;
  readonly namedAt: number;
}

function checkDocument(check: FinalCheck, truth: BookTruth, signals: DocumentSignals): void {
  const { document, changedAt, namedAt } = signals;
  const { core, violations, excused, counts } = check;
  const { bookUuid } = truth;
  const { uuid, analysis, detect } = document;
  counts.compared += 1;
  const bodies = [uuid, bookUuid].flatMap((subject) => {
    const stored = storedResult(core, bookUuid, 'signals', subject);
    const text = stored && bodyOf(core, stored);
    return text?.includes(uuid) ? [{ text, fetchedAt: String(stored?.fetchedAt) }] : [];
  });
  const newest = bodies.toSorted((a, b) => (a.fetchedAt < b.fetchedAt ? 1 : -1))[0];
  if (newest?.text.includes(analysis)) {
    const stored = core.table.peek({ bookId: bookUuid, item: `DOC#${uuid}` })?.detect;
    const known =
      typeof stored === 'object' && stored !== null && 'state' in stored ? stored.state : undefined;
    // An event that is replayed while its answer is not wanted says what was so when it was sent.
    const isUnwanted = core.deployments.all.some(
      ({ stage }) => wantedOf('signals', truth.bookClass, stage) === 'never',
    );
    if (known !== detect && isUnwanted) excused.add('not-wanted-then');
    else if (known !== detect)
      violations.add('detect-differs', bookUuid, `${uuid}: ${known}, Ocrolus has ${detect}`);
    return;
  }
  const isExpired = [uuid, bookUuid].some(
    (subject) => check.written.expiredAt(bookUuid, `RESULT#signals#${subject}`) !== undefined,
  );
  const excuse = isExpired ? 'removed-by-retention' : excuseOf(check, truth, signals, newest !== undefined);
  if (excuse !== undefined) {
    excused.add(excuse);
    return;
  }
  violations.add(
    newest === undefined ? 'result-missing' : 'result-differs',
    bookUuid,
    `signals ${uuid} (${detect}): fetched ${newest?.fetchedAt}, changed ${new Date(changedAt).toISOString()}, ` +
      `named ${new Date(namedAt).toISOString()}`,
  );
}

/** Signals are fetched once for each finished book: what Detect says later must be announced. */
function excuseOf(
  check: FinalCheck,
  truth: BookTruth,
  { document, changedAt, namedAt }: DocumentSignals,
  isStored: boolean,
): ExcuseName | undefined {
  const { named, written, outcomeOf } = check;
  const { bookUuid } = truth;
  const { withoutBook } = named.latest(bookUuid, 'signals', document.uuid) ?? {};
  const isRefused = withoutBook !== undefined && outcomeOf(withoutBook) === 'refused';
  if (namedAt >= changedAt) return isRefused ? 'event-without-book' : undefined;
  if (Math.max(named.newestAt(bookUuid, 'signals', bookUuid), written.renewedAt(bookUuid)) >= changedAt)
    return undefined;
  if (document.detectBefore === 'PENDING' || isStored) {
    // It was processed again: a look must have seen that, since an event about its forms says nothing of its signals.
    const forms = truth.results.find(({ kind, subject }) => kind === 'forms' && subject === document.uuid);
    const newest =
      forms === undefined ||
      mustBeNewest(check, truth, {
        ...forms,
        kind: 'signals',
        changedAt,
        change: { ...forms.change, since: changedAt },
      });
    return newest === true ? undefined : newest;
  }
  const isProbed =
    document.detectBefore === 'ABSENT' && isCaptured(document) && changedAt < truth.changedAt + LAST_PROBE_MS;
  return isProbed ? undefined : 'signals-fetched-once';
}

import type { Kind } from '../../ocrolus/profile.ts';
import { DAY } from '../../ocrolus/random.ts';
import type { BookTruth, ResultTruth } from '../../ocrolus/truth.ts';
import type { Stage } from '../../system/settings.ts';
import { isSurelySeen, lookPause } from '../deadlines/pauses.ts';
import type { ExcuseName } from '../excuses.ts';
import type { NamedResults } from '../running/named.ts';
import { isAvailable, isCaptured, isDocumentKind, isEnded, wantedOf } from '../vendor/results.ts';
import type { Watch } from '../watch.ts';

/** What the comparison at the end of a run needs. */
export interface FinalCheck extends Watch {
  readonly named: NamedResults;
  readonly counts: { compared: number };
  /** The final outcome of a delivery, by its key in the ledger. */
  readonly outcomeOf: (ledgerKey: string) => string | undefined;
}

/** Probes come 1, 3 and 10 days after a book was finished; the last one may take a while. */
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

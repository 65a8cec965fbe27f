import { DAY } from '../../ocrolus/random.ts';
import type { BookTruth, DocumentTruth } from '../../ocrolus/truth.ts';
import type { ExcuseName } from '../excuses.ts';
import { isCaptured, isDone, isEnded, wantedOf } from '../vendor/results.ts';
import type { FinalCheck } from './expected.ts';
import { mustBeNewest } from './expected.ts';
import { bodyOf, storedResult } from './stored.ts';

/** A document that Detect does not list is waited for, and then probed, for so long after the end of capture. */
const LAST_PROBE_MS = 10 * DAY;

/**
 * The signals of a finished book are stored, and those of each document that an event names. What Detect says of a document
 * is the same text in its own answer and in the book's: the newer one of the two must have it.
 */
export function checkSignals(check: FinalCheck, truth: BookTruth): void {
  const { core, violations, counts } = check;
  const { bookUuid, bookClass, documents, results } = truth;
  const isWanted = wantedOf('signals', bookClass, check.deployments.last.stage) === 'always';
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

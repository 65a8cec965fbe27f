import { RESULT_KINDS, type ResultKind } from '../../../shared/events/catalog.ts';
import { decompress } from '../kernel/compression.ts';
import type { Attributes } from '../kernel/table/values.ts';
import { DAY } from '../ocrolus/random.ts';
import { revisionOf } from '../ocrolus/reply.ts';
import type { BookTruth, DocumentTruth, ResultTruth } from '../ocrolus/truth-types.ts';
import type { Core } from '../system/core.ts';
import { isCaptured, isDone, isEnded, wantedOf } from './policy.ts';
import type { Triggers } from './triggers.ts';
import type { Violations } from './violations.ts';

/** The last probe comes ten days after the end of capture. */
const LAST_PROBE_MS = 10.5 * DAY;
/** By how much later than a change something must have been written, so that the write must have seen the change. */
const SURELY_AFTER_MS = 90_000;

export interface ResultsContext {
  readonly core: Core;
  readonly triggers: Triggers;
  readonly violations: Violations;
  readonly counts: { compared: number; unknowable: number };
}

/** Compares the results of a book with Ocrolus, byte for byte, as far as the policy asks for them. */
export function checkResults(context: ResultsContext, truth: BookTruth, book: Attributes): void {
  const documents = new Map(truth.documents.map((document) => [document.uuid, document]));
  for (const result of truth.results) {
    const kind = RESULT_KINDS.find((one) => one === result.kind);
    if (kind === undefined) continue;
    const document = documents.get(result.subject);
    if (kind === 'signals') {
      if (document !== undefined) checkSignals(context, truth, result, document);
      continue;
    }
    if (isExpected(context, truth, book, { kind, result, document }))
      checkResult(context, truth, kind, result);
  }
}

interface Of {
  readonly kind: ResultKind;
  readonly result: ResultTruth;
  readonly document: DocumentTruth | undefined;
}

/** Whether the result must be in the table by now. */
export function isExpected(
  { core, triggers }: ResultsContext,
  truth: BookTruth,
  book: Attributes,
  { kind, result: { subject, state }, document }: Of,
): boolean {
  if (state !== 'available' && state !== 'asynchronous') return false;
  const wanted = wantedOf(kind, truth);
  if (wanted === 'never') return false;
  const { bookUuid } = truth;
  const isNamed = triggers.namedAt(bookUuid, kind, subject.split('@')[0] ?? subject) > 0;
  if (document !== undefined) return isCaptured(document) && (wanted === 'always' || isNamed);
  if (isNamed) return true;
  if (wanted === 'announced' || subject.split('@')[0] !== bookUuid || !isEnded(truth)) return false;
  const hasResults = truth.documents.some(isCaptured);
  if (!hasResults && kind !== 'classification') return false;
  if (wanted === 'always') return true;
  const endedAt = Date.parse(String(book.endedAt ?? ''));
  return core.simulation.scheduler.now() - endedAt > LAST_PROBE_MS;
}

function checkResult(context: ResultsContext, truth: BookTruth, kind: ResultKind, result: ResultTruth): void {
  const { bookUuid } = truth;
  const { core, violations, counts } = context;
  const { subject, body, jobBody, changedAt, state } = result;
  counts.compared += 1;
  const stored = core.table.peek({ bookId: bookUuid, item: `RESULT#${kind}#${subject}` });
  if (stored === undefined) {
    violations.add('result-missing', bookUuid, `${kind} ${subject} (${state}) since ${iso(changedAt)}`);
    return;
  }
  const text = bodyOf(core, stored);
  if (kind === 'enriched-transactions' && text === body)
    checkPages(context, truth, result, { first: body, set: stored.set });
  if (text === body || text === jobBody) return;
  const owner = kind === 'forms' || kind === 'transactions' ? subject : bookUuid;
  reportStale(context, bookUuid, kind, { subject, stored, changedAt, text, body: body ?? '', owner });
}

/** The pages after the first, where that is the current one. */
function checkPages(
  context: ResultsContext,
  { bookUuid, rows }: BookTruth,
  { kind, changedAt }: ResultTruth,
  { first, set }: { readonly first: string; readonly set: unknown },
): void {
  const { core, violations, counts } = context;
  const limit = Number(/"limit":(\d+)/.exec(first)?.[1]);
  const id = typeof set === 'object' && set !== null && 'id' in set ? String(set.id) : '';
  for (let offset = limit; offset < rows; offset += limit) {
    const subject = `${bookUuid}@${id}@${String(offset).padStart(7, '0')}`;
    counts.compared += 1;
    const stored = core.table.peek({ bookId: bookUuid, item: `RESULT#${kind}#${subject}` });
    if (stored === undefined) {
      violations.add('result-missing', bookUuid, `${kind} ${subject} of ${rows} since ${iso(changedAt)}`);
      continue;
    }
    const text = bodyOf(core, stored);
    const body = core.ocrolus.enrichedPage(bookUuid, offset, limit);
    if (text !== body)
      reportStale(context, bookUuid, 'enriched-transactions', {
        subject,
        stored,
        changedAt,
        text,
        body,
        owner: bookUuid,
      });
  }
}

function reportStale(
  { triggers, violations, counts }: ResultsContext,
  bookUuid: string,
  kind: ResultKind,
  of: { subject: string; stored: Attributes; changedAt: number; text: string; body: string; owner: string },
): void {
  const { subject, stored, changedAt, text, body, owner } = of;
  const [known, now] = [revisionOf(text), revisionOf(body)];
  if (known === undefined || (now !== undefined && known > now)) {
    violations.add('result-invented', bookUuid, `${kind} ${subject}: revision ${known}, Ocrolus has ${now}`);
    return;
  }
  const namedAt = triggers.namedAt(bookUuid, kind, subject.split('@')[0] ?? subject);
  const renewedAt = triggers.renewedAt(owner) - SURELY_AFTER_MS;
  if (
    Math.max(namedAt, renewedAt) < changedAt &&
    Date.parse(String(stored.fetchedAt)) < changedAt + SURELY_AFTER_MS
  ) {
    counts.unknowable += 1;
    return;
  }
  const why = namedAt >= changedAt ? `named ${iso(namedAt)}` : `renewed ${iso(renewedAt)}`;
  violations.add(
    'result-differs',
    bookUuid,
    `${kind} ${subject}: revision ${known} of ${now}, fetched ${stored.fetchedAt}, changed ${iso(changedAt)}, ${why}`,
  );
}

/** The signals of a document are in its own body or in the book's, whichever is newer (docs/decisions/0015). */
function checkSignals(
  context: ResultsContext,
  truth: BookTruth,
  result: ResultTruth,
  document: DocumentTruth,
): void {
  const { core, triggers, violations, counts } = context;
  const { bookUuid } = truth;
  const { uuid, analysis, detect } = document;
  const isSettled = detect === 'COMPLETED' || detect === 'UNABLE_TO_PROCESS' || detect === 'UNSUPPORTED';
  if (!isSettled || analysis === '' || !document.listed || result.state !== 'available') return;
  const namedAt = triggers.namedAt(bookUuid, 'signals', uuid);
  // Of a rejected document, too, where others have results.
  const isOfDone = isDone(document) && truth.documents.some(isCaptured);
  const isWanted = isOfDone && isEnded(truth) && wantedOf('signals', truth) === 'always';
  if (!isWanted && namedAt === 0) return;
  counts.compared += 1;
  const bodies = [uuid, bookUuid].flatMap((subject) => {
    const stored = core.table.peek({ bookId: bookUuid, item: `RESULT#signals#${subject}` });
    if (stored === undefined) return [];
    const text = bodyOf(core, stored);
    return subject === uuid || text.includes(uuid) ? [{ text, fetchedAt: String(stored.fetchedAt) }] : [];
  });
  if (bodies.length === 0) {
    if (!isCaptured(document) && isTooLate(context, bookUuid, namedAt, result)) {
      counts.unknowable += 1;
      return;
    }
    violations.add('result-missing', bookUuid, `signals ${uuid} (${detect}) since ${iso(result.changedAt)}`);
    return;
  }
  const newest = bodies.reduce((a, b) => (b.fetchedAt > a.fetchedAt ? b : a));
  if (newest.text.includes(analysis)) {
    const stored = core.table.peek({ bookId: bookUuid, item: `DOC#${uuid}` })?.detect;
    const known =
      typeof stored === 'object' && stored !== null && 'state' in stored ? stored.state : undefined;
    if (known !== detect)
      violations.add('detect-differs', bookUuid, `${uuid}: ${known}, Ocrolus has ${detect}`);
    return;
  }
  const renewedAt =
    Math.max(triggers.renewedAt(uuid), triggers.namedAt(bookUuid, 'signals', bookUuid)) - SURELY_AFTER_MS;
  if (Math.max(namedAt, renewedAt) < result.changedAt) {
    counts.unknowable += 1;
    return;
  }
  violations.add(
    'result-differs',
    bookUuid,
    `signals ${uuid} (${detect}): fetched ${newest.fetchedAt}, changed ${iso(result.changedAt)}, named ${iso(namedAt)}, renewed ${iso(renewedAt)}`,
  );
}

/**
 * The signals of a rejected document are stored with those of the book: what Detect has of it later, while its webhook
 * is lost, is not found (docs/data-model.md).
 */
function isTooLate(
  { core }: ResultsContext,
  bookUuid: string,
  namedAt: number,
  { changedAt }: ResultTruth,
): boolean {
  const ofBook = core.table.peek({ bookId: bookUuid, item: `RESULT#signals#${bookUuid}` });
  const isFetchedBefore =
    ofBook !== undefined && Date.parse(String(ofBook.fetchedAt)) < changedAt + SURELY_AFTER_MS;
  return isFetchedBefore && namedAt < changedAt;
}

function bodyOf(core: Core, { body, s3 }: Attributes): string {
  if (body instanceof Uint8Array) return decompress(body).toString('utf8');
  if (typeof s3 !== 'object' || s3 === null || !('bucket' in s3) || !('key' in s3)) return '';
  return decompress(core.bodies.get(String(s3.bucket), String(s3.key))).toString('utf8');
}

function iso(time: number): string {
  return time <= 0 ? 'never' : new Date(time).toISOString();
}

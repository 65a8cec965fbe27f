import type { Attributes } from '../../kernel/table/values.ts';
import { revisionOf } from '../../ocrolus/results.ts';
import type { BookTruth, ResultTruth } from '../../ocrolus/truth.ts';
import type { ExcuseName } from '../excuses.ts';
import { isDocumentKind } from '../vendor/results.ts';
import { checkSignals, type FinalCheck, isExpected, mustBeNewest } from './expected.ts';
import { bodyOf, storedResult } from './stored.ts';

/** Without an answer that is older than a change for longer than this: it was asked for afterwards. */
const SURELY_AFTER_MS = 90_000;

/** Compares the results of a book with Ocrolus, byte for byte, as far as the stage asks for them. */
export function checkResults(check: FinalCheck, truth: BookTruth): void {
  for (const result of truth.results) {
    if (result.kind === 'signals') continue;
    const expected = isExpected(check, truth, result);
    if (expected === true) checkResult(check, truth, result);
    else if (expected !== false) checkExcused(check, truth, result, expected);
  }
  checkSignals(check, truth);
}

/** An excuse counts only where it was needed. */
function checkExcused(check: FinalCheck, { bookUuid }: BookTruth, result: ResultTruth, excuse: ExcuseName) {
  const stored = storedResult(check.core, bookUuid, result.kind, result.subject);
  const text = stored && bodyOf(check.core, stored);
  if (text !== result.body && text !== result.jobBody) check.excused.add(excuse);
}

function checkResult(check: FinalCheck, truth: BookTruth, result: ResultTruth): void {
  const { bookUuid } = truth;
  const { kind, subject, body, jobBody, changedAt, state } = result;
  check.counts.compared += 1;
  const stored = storedResult(check.core, bookUuid, kind, subject);
  if (stored === undefined) {
    if (isExpired(check, truth, result)) check.excused.add('removed-by-retention');
    else {
      const text = `${kind} ${subject} (${state}) since ${iso(changedAt)}`;
      check.violations.add('result-missing', bookUuid, text);
    }
    return;
  }
  const text = bodyOf(check.core, stored);
  if (kind === 'enriched-transactions' && text === body)
    checkPages(check, truth, result, { first: body, set: stored.set });
  if (text !== body && text !== jobBody) reportStale(check, truth, result, { subject, stored, text, body });
}

/** It has expired, and nothing has asked for it since. */
function isExpired({ written, named }: FinalCheck, { bookUuid }: BookTruth, result: ResultTruth) {
  const { kind, subject } = result;
  const expiredAt = written.expiredAt(bookUuid, `RESULT#${kind}#${subject}`);
  if (expiredAt === undefined) return false;
  const owner = isDocumentKind(kind) ? subject : bookUuid;
  return expiredAt >= Math.max(named.newestAt(bookUuid, kind, subject), written.renewedAt(owner));
}

/** The pages after the first, where that is the current one. */
function checkPages(
  check: FinalCheck,
  truth: BookTruth,
  result: ResultTruth,
  { first, set }: { readonly first: string; readonly set: unknown },
): void {
  const { core, violations, counts } = check;
  const { bookUuid, rows } = truth;
  const limit = Number(/"limit":(\d+)/.exec(first)?.[1]);
  const id = typeof set === 'object' && set !== null && 'id' in set ? String(set.id) : '';
  for (let offset = limit; offset < rows; offset += limit) {
    const subject = `${bookUuid}@${id}@${String(offset).padStart(7, '0')}`;
    counts.compared += 1;
    const stored = storedResult(core, bookUuid, result.kind, subject);
    if (
      stored === undefined &&
      check.written.expiredAt(bookUuid, `RESULT#${result.kind}#${subject}`) !== undefined
    )
      continue;
    if (stored === undefined) {
      violations.add('result-missing', bookUuid, `${result.kind} ${subject} of ${rows}`);
      continue;
    }
    const text = bodyOf(core, stored);
    const body = core.ocrolus.enrichedPage(bookUuid, offset, limit);
    if (text !== body) reportStale(check, truth, result, { subject, stored, text, body });
  }
}

interface Stale {
  readonly subject: string;
  readonly stored: Attributes;
  readonly text: string;
  readonly body: string | undefined;
}

function reportStale(check: FinalCheck, truth: BookTruth, result: ResultTruth, stale: Stale): void {
  const { bookUuid } = truth;
  const { kind, changedAt } = result;
  const { subject, stored, text, body = '' } = stale;
  const [known, now] = [revisionOf(text), revisionOf(body)];
  if (known === undefined || (now !== undefined && known > now)) {
    const text = `${kind} ${subject}: revision ${known}, Ocrolus has ${now}`;
    check.violations.add('result-invented', bookUuid, text);
    return;
  }
  const isAskedSince = Date.parse(String(stored.fetchedAt)) >= changedAt + SURELY_AFTER_MS;
  const newest = isAskedSince || mustBeNewest(check, truth, result);
  if (newest !== true) {
    check.excused.add(newest);
    return;
  }
  const named = check.named.newest(bookUuid, kind, result.subject);
  check.violations.add(
    'result-differs',
    bookUuid,
    `${kind} ${subject}: revision ${known} of ${now}, fetched ${stored.fetchedAt}, changed ${iso(changedAt)}, ` +
      `named ${iso(named?.at ?? 0)} by ${named?.by}, ${JSON.stringify(result.change)}`,
  );
}

function iso(time: number): string {
  return time <= 0 ? 'never' : new Date(time).toISOString();
}

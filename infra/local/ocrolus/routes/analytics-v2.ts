import { cashFlowBody } from '../bodies/analytics/cash-flow.ts';
import { riskScoreBody, transactionCount } from '../bodies/analytics/common.ts';
import { enrichedBody } from '../bodies/analytics/enriched.ts';
import { summaryBody } from '../bodies/analytics/summary.ts';
import { ANALYTICS_PENDING, json, Refusal, type Reply, v2Error } from '../http/reply.ts';
import type { Call, Route } from '../http/router.ts';
import type { Book } from '../state/book.ts';
import { ANALYZE, bookInPath } from './find.ts';

const MAX_SYNCHRONOUS = 100_000;
const MAX_ASYNCHRONOUS = 1_000_000;
/** Of the vendor's example; no document says what it is, and how much `limit` may ask for. */
const DEFAULT_PAGE = 50;

type BodyOf = (book: Book, call: Call) => unknown;

/** The analyze family: bare bodies, 425/9004 until analytics are ready, a job with `async=true`. */
export const analyticsV2Routes: readonly Route[] = [
  analytics('Book-summary', 'summary', summaryBody, true),
  analytics('cash-flow-features', 'cash_flow_features', cashFlowBody, true),
  analytics('risk-score', 'cash_flow_risk_score', riskScoreBody, true),
  analytics('enriched-transactions', 'enriched_txns', enriched, false),
  { operation: 'async-job-status', method: 'GET', path: '/v2/analytics/jobs/:job_id', answer: jobStatus },
  {
    operation: 'async-job-result',
    method: 'GET',
    path: '/async_jobs/:job_id',
    isOpen: true,
    answer: jobResult,
  },
];

function analytics(operation: string, name: string, bodyOf: BodyOf, isHeavy: boolean): Route {
  return {
    operation,
    method: 'GET',
    path: `/v2/book/:book_uuid/${name}`,
    ...(isHeavy && { isHeavy }),
    answer: (call) => analyse(call, operation, bodyOf),
  };
}

const TOO_MANY = v2Error(400, 1100, 'Book summary cannot be generated for these many transactions');
const LIMIT_EXCEEDED = v2Error(422, 1100, 'Book transaction limit exceeded');
const NOT_ENABLED = v2Error(400, 1200, 'Risk score is not enabled for this org');

function analyse(call: Call, operation: string, bodyOf: BodyOf): Reply {
  const { options } = call.organization;
  const book = bookInPath(call, ANALYZE);
  if (operation === 'risk-score' && !options.hasRiskScore) throw new Refusal(NOT_ENABLED);
  requireAnalytics(book);
  const count = transactionCount(book);
  if (call.query.get('async') === 'true') {
    const body = () => JSON.stringify(bodyOf(book, call));
    const job = call.organization.jobs.start(book, count > MAX_ASYNCHRONOUS, body);
    return json(202, { job_id: job.id, status: 'PENDING' });
  }
  if (count > MAX_SYNCHRONOUS) {
    const isOfSummary = operation === 'Book-summary' && options.tooManyTransactions === 400;
    throw new Refusal(isOfSummary ? TOO_MANY : LIMIT_EXCEEDED);
  }
  return json(200, bodyOf(book, call));
}

/** 425/9004 until analytics are ready, 404/9006 for a book without transactions. */
export function requireAnalytics(book: Book): void {
  if (!book.analyticsReady) throw new Refusal(ANALYTICS_PENDING);
  if (transactionCount(book) === 0) {
    throw new Refusal(v2Error(404, 9006, 'No transactions found in the book'));
  }
}

/** Documented: `offset` and `limit`. Not documented: a default and a maximum of `limit`. A job has every row. */
function enriched(book: Book, { query, organization }: Call): unknown {
  const isJob = query.get('async') === 'true' && !query.has('limit');
  return enrichedBody(book, {
    offset: isJob ? 0 : wholeNumber(query, 'offset', 0),
    limit: isJob ? transactionCount(book) : wholeNumber(query, 'limit', DEFAULT_PAGE),
    withPending: query.get('include_pending_plaid_transactions') === 'true',
    totals: organization.options.enrichedTotals,
  });
}

function wholeNumber(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name) ?? String(fallback);
  if (!/^\d{1,9}$/.test(text)) throw new Refusal(v2Error(400, 1003, 'Request validation failure'));
  return Number(text);
}

/** The job lives 24 hours; its URL is pre-signed and wants no token. */
function jobStatus({ params, organization: { jobs }, origin }: Call): Reply {
  const id = params.job_id ?? '';
  const job = jobs.find(id);
  if (job === undefined) throw new Refusal(json(404, { job_id: id, error: 'Job not found or has expired' }));
  if (jobs.isPending(job)) return json(202, { job_id: id, status: 'PENDING' });
  if (job.failed) {
    const error = 'Book transaction count exceeds the maximum supported by the async serving path';
    throw new Refusal(json(422, { job_id: id, status: 'FAILED', error }));
  }
  const url = `${origin}/async_jobs/${id}?X-Amz-Signature=${job.signature}`;
  return json(200, { job_id: id, status: 'DONE', result_url: url });
}

/** Like S3: a pre-signed URL together with an Authorization header is refused. */
function jobResult({ params, query, authorization, organization: { jobs } }: Call): Reply {
  const job = jobs.find(params.job_id ?? '');
  if (authorization !== '') return xml(400, 'InvalidArgument');
  if (job === undefined || job.signature !== query.get('X-Amz-Signature')) return xml(403, 'AccessDenied');
  return { status: 200, contentType: 'application/json', body: job.result() };
}

function xml(status: number, code: string): Reply {
  return { status, contentType: 'application/xml', body: `<Error><Code>${code}</Code></Error>` };
}

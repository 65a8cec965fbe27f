import type { Book } from './book.ts';
import { isCaptured, isHopeless } from './book-state.ts';
import { type Match, parameter } from './model-context.ts';
import type { Kind } from './profile.ts';
import { available, partial, type Reply } from './reply.ts';

/** The default and the most rows of a page of enriched transactions. */
const PAGE_ROWS = 50;
/** How long the result of a version 1 request can be read; Ocrolus does not say. */
const REQUEST_LIFETIME_MS = 7 * 86_400_000;

export const bookSummary = (match: Match): Reply => analyse(match, 'summary');
export const cashFlow = (match: Match): Reply => analyse(match, 'cash-flow');
export const enrichedTransactions = (match: Match): Reply => analyse(match, 'enriched-transactions');
export const riskScore = (match: Match): Reply => analyse(match, 'risk-score');

/** The v2 analyze family: bare bodies, 425 until they are ready, a job with `async=true`. */
function analyse(match: Match, kind: Kind): Reply {
  const { account, book, query } = match;
  if (book === undefined) throw new Error('no book');
  const { refusals } = account;
  if (!book.analytics.ready) return notReady(match, book);
  if (book.analytics.rows === 0) return withoutTransactions(match, book);
  const isPermanent =
    book.analyticsFate === 'unsupported' || (book.analyticsFate === 'passing' && book.passedAt === 0);
  if (isPermanent) return refusals.unsupported;
  if (parameter(query, 'async') === 'true') return startJob(match, book, kind);
  switch (book.analyticsFate) {
    case 'large':
    case 'failing':
    case 'too-large':
      return refusals.tooMany[book.hash % 2] ?? refusals.unsupported;
    case 'slow-forever':
      return refusals.tooLong;
    case 'slow':
      if (book.slowAnswered.has(kind)) break;
      if (match.isCall) book.slowAnswered.add(kind);
      return refusals.tooLong;
    default:
      break;
  }
  return available(analyticsBody(match, book, kind));
}

function notReady({ account, now }: Match, book: Book): Reply {
  const cannotBecomeReady = isHopeless(book) || (book.status === 'VERIFIED' && book.captured === 0);
  // With and without the code, changing every hour.
  const spelling = (book.hash + Math.floor(now / 3_600_000)) % 2;
  const { notReady, neverReady, noTransactions } = account.refusals;
  return (cannotBecomeReady ? neverReady : notReady)[spelling] ?? noTransactions;
}

/** Three spellings of "nothing to analyse". */
function withoutTransactions({ account }: Match, book: Book): Reply {
  const { noTransactions, unsupported, notStatements } = account.refusals;
  switch (book.hash % 6) {
    case 0:
      return unsupported;
    case 1:
      return notStatements;
    default:
      return noTransactions;
  }
}

/** A job answers what the book was when it was started. */
function startJob(match: Match, book: Book, kind: Kind): Reply {
  if (!match.isCall) return { status: 202, body: '', state: 'asynchronous' };
  const fails = book.analyticsFate === 'too-large' || failsOnce(book, kind);
  const id = match.context.jobs.start(book, fails, jobBody(match, book, kind));
  return { status: 202, body: `{"job_id":"${id}","status":"PENDING"}`, state: 'asynchronous' };
}

/** The first jobs of a `failing` book, one to three of each kind. */
function failsOnce(book: Book, kind: Kind): boolean {
  if (book.analyticsFate !== 'failing') return false;
  const started = book.startedJobs.get(kind) ?? 0;
  book.startedJobs.set(kind, started + 1);
  return started < failingJobs(book);
}

/** How many jobs have failed; 0 once one that does not fail was started. */
export function failedJobs(book: Book, kind: Kind): number {
  const started = book.startedJobs.get(kind) ?? 0;
  return started <= failingJobs(book) ? started : 0;
}

function failingJobs({ hash }: Book): number {
  return 1 + (hash % 3);
}

/** What a job that starts now will answer: enriched transactions in one page. */
export function jobBody(match: Match, book: Book, kind: Kind): string {
  if (kind === 'enriched-transactions') return enrichedBody(match, book, 0, book.analytics.rows);
  return analyticsBody(match, book, kind);
}

/** What a synchronous call is answered. */
export function analyticsBody(match: Match, book: Book, kind: Kind): string {
  const { uuid, pk, analytics } = book;
  const { revision, rows, documents } = analytics;
  switch (kind) {
    case 'summary':
      return `{"book_pk":${pk},"book_name":"${book.name}","txn_count":${rows},"average_daily_balance":1204.5,"bank_accounts":[{"bank_account_pk":${pk},"account_number":"40123456789","txn_count":${rows}}],"number_of_docs_processed":${documents},"simulated_revision":${revision},"book_uuid":"${uuid}"}`;
    case 'cash-flow':
      return `{"book_uuid":"${uuid}","num_of_months":${documents},"cash_flow_features":{"credit_avg_1m":${rows}.5,"credit_avg_3m":null},"simulated_revision":${revision}}`;
    case 'enriched-transactions':
      return enrichedPage(match, book);
    default:
      return `{"book_uuid":"${uuid}","proba_default":0.17,"model_version":"simulated","error":null,"simulated_revision":${revision}}`;
  }
}

function enrichedPage(match: Match, book: Book): string {
  const most = match.account.profile.pageLimit ?? PAGE_ROWS;
  const offset = Number(parameter(match.query, 'offset') ?? 0);
  const limit = Math.min(most, Number(parameter(match.query, 'limit') ?? most));
  return enrichedBody(match, book, offset, limit);
}

/** `offset` counts from the latest transaction: rows shift when there are more. */
export function enrichedBody({ account }: Match, book: Book, asked: number, limit: number): string {
  const { rows: total, revision } = book.analytics;
  const isRepeated = account.profile.repeatsPages === true && asked >= total && total > 0;
  const offset = isRepeated ? Math.max(0, total - limit) : asked;
  const end = Math.min(total, offset + limit);
  let rows = '';
  for (let n = offset; n < end; n += 1) {
    rows += `${rows === '' ? '' : ','}{"txn_pk":${264_000_000 + total - n},"txn_date":"2026-01-09","description":"CHECKCARD ${total - n}","amount":-127.99,"counterparty":"QUILLFEATHER PAPER"}`;
  }
  const filtered = account.profile.filteredTotal === 'total' ? total : Math.max(0, end - offset);
  return `{"book_uuid":"${book.uuid}","filtered_total":${filtered},"offset":${offset},"limit":${limit},"enriched_transactions":[${rows}],"total":${total},"simulated_revision":${revision}}`;
}

/** Version 1, deprecated: computed on demand from the verified statements. */
export function analyticsV1({ account, book }: Match): Reply {
  if (book === undefined) throw new Error('no book');
  if (book.working > 0 || book.uploading > 0) return account.refusals.documentsPending;
  if (!book.documents.some((document) => document.kind === 'statement' && isCaptured(document)))
    return account.refusals.notStatementsV1;
  return available(`{"status":200,"message":"OK","response":${bodyV1(book.pk, book.statements.revision)}}`);
}

function bodyV1(pk: string, revision: number): string {
  return `{"average_daily_balance":"15460.36","bank_accounts":[{"book_pk":${pk},"account_holder":"NORA QUILLFEATHER"}],"simulated_revision":${revision}}`;
}

/** Keyed by the request id; PROCESSING, COMPLETED or EXPIRED. */
export function asyncAnalyticsResult({ context, account, id, now }: Match): Reply {
  const request = context.registry.requests.get(id);
  if (id === '') return account.refusals.missing;
  if (request === undefined || request.book.account !== account) return account.refusals.objectNotFound;
  const keyed = (status: string, analytics: string) =>
    `{"status":200,"message":"OK","response":{"${id}":{"analytics_status":"${status}","analytics":${analytics}}}}`;
  if (now - request.requestedAt >= REQUEST_LIFETIME_MS) {
    return { status: 200, body: keyed('EXPIRED', 'null'), state: 'unavailable' };
  }
  if (request.revision === 0) return partial(keyed('PROCESSING', 'null'), 'notYet');
  return available(keyed('COMPLETED', bodyV1(request.book.pk, request.revision)));
}

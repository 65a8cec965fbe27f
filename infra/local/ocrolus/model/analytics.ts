import type { Book, Kind } from './book.ts';
import { bookOf, type Match, parameter } from './model.ts';
import { spelling } from './refusals.ts';
import { available, partial, type Reply } from './reply.ts';
import { isCaptured, isHopeless } from './versions.ts';

/** The default and the most rows of a page of enriched transactions. */
const PAGE_ROWS = 50;
/** How long the result of a version 1 request can be read; Ocrolus does not say. */
const REQUEST_LIFETIME_MS = 7 * 86_400_000;

/** The v2 analyze family: bare bodies, 425 until they are ready, a job with `async=true`. */
export function analytics(match: Match): Reply {
  const { account, query, operation } = match;
  const book = bookOf(match);
  const kind = operation.kind ?? 'summary';
  if (!book.analytics.isReady) return notReady(match, book);
  if (book.analytics.rows === 0) return withoutTransactions(match, book);
  if (parameter(query, 'async') === 'true') return startJob(match, book, kind);
  if (book.volume !== 'normal') return spelling(account.refusals.tooMany, book.hash);
  return available(kind === 'enriched-transactions' ? enrichedPage(match, book) : analyticsBody(book, kind));
}

function notReady({ account, now }: Match, book: Book): Reply {
  const { notReady, neverReady } = account.refusals;
  const cannotBecomeReady = isHopeless(book) || (book.status === 'VERIFIED' && book.captured === 0);
  // With and without the code, changing every hour.
  return spelling(cannotBecomeReady ? neverReady : notReady, book.hash + Math.floor(now / 3_600_000));
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
function startJob({ model, isCall }: Match, book: Book, kind: Kind): Reply {
  if (!isCall) return { status: 202, body: '', state: 'asynchronous' };
  const id = model.jobs.start(book, kind, jobBody(book, kind));
  return { status: 202, body: `{"job_id":"${id}","status":"PENDING"}`, state: 'asynchronous' };
}

/** What a job that starts now will answer: enriched transactions in one page. */
export function jobBody(book: Book, kind: Kind): string {
  if (kind === 'enriched-transactions') return enrichedBody(book, 0, book.analytics.rows);
  return analyticsBody(book, kind);
}

function analyticsBody({ uuid, pk, name, analytics }: Book, kind: Kind): string {
  const { revision, rows, documents } = analytics;
  switch (kind) {
    case 'summary':
      return `{"book_pk":${pk},"book_name":"${name}","txn_count":${rows},"average_daily_balance":1204.5,"bank_accounts":[{"bank_account_pk":${pk},"account_number":"40123456789","txn_count":${rows}}],"number_of_docs_processed":${documents},"simulated_revision":${revision},"book_uuid":"${uuid}"}`;
    case 'cash-flow':
      return `{"book_uuid":"${uuid}","num_of_months":${documents},"cash_flow_features":{"credit_avg_1m":${rows}.5,"credit_avg_3m":null},"simulated_revision":${revision}}`;
    default:
      return `{"book_uuid":"${uuid}","proba_default":0.17,"model_version":"simulated","error":null,"simulated_revision":${revision}}`;
  }
}

function enrichedPage({ query }: Match, book: Book): string {
  const most = book.account.habits.pageLimit ?? PAGE_ROWS;
  const offset = Number(parameter(query, 'offset') ?? 0);
  const limit = Math.min(most, Number(parameter(query, 'limit') ?? most));
  return enrichedBody(book, offset, limit);
}

/** `offset` counts from the latest transaction: rows shift when there are more. */
export function enrichedBody(book: Book, asked: number, limit: number): string {
  const { habits } = book.account;
  const { rows: total, revision } = book.analytics;
  const isRepeated = habits.repeatsPages === true && asked >= total && total > 0;
  const offset = isRepeated ? Math.max(0, total - limit) : asked;
  const end = Math.min(total, offset + limit);
  let rows = '';
  for (let n = offset; n < end; n += 1) {
    rows += `${rows === '' ? '' : ','}{"txn_pk":${264_000_000 + total - n},"txn_date":"2026-01-09","description":"CHECKCARD ${total - n}","amount":-127.99,"counterparty":"QUILLFEATHER PAPER"}`;
  }
  const filtered = habits.filteredTotal === 'total' ? total : Math.max(0, end - offset);
  return `{"book_uuid":"${book.uuid}","filtered_total":${filtered},"offset":${offset},"limit":${limit},"enriched_transactions":[${rows}],"total":${total},"simulated_revision":${revision}}`;
}

/** Version 1, deprecated: computed on demand from the verified statements. */
export function analyticsV1(match: Match): Reply {
  const { refusals } = match.account;
  const book = bookOf(match);
  if (book.working > 0 || book.uploading > 0) return refusals.documentsPending;
  if (!book.documents.some((document) => document.kind === 'bank-statement' && isCaptured(document)))
    return refusals.notStatementsV1;
  return available(`{"status":200,"message":"OK","response":${bodyV1(book.pk, book.statements.revision)}}`);
}

function bodyV1(pk: string, revision: number): string {
  return `{"average_daily_balance":"15460.36","bank_accounts":[{"book_pk":${pk},"account_holder":"NORA QUILLFEATHER"}],"simulated_revision":${revision}}`;
}

/** Keyed by the request id; PROCESSING, COMPLETED or EXPIRED. */
export function requestedAnalytics({ model, account, id, now }: Match): Reply {
  const request = model.registry.requests.get(id);
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

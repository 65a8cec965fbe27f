import type { Book, Kind } from './book.ts';
import { bookOf, type Match } from './model.ts';
import { available, integer, partial, type Reply, refusal, spelling, v1, withList } from './reply.ts';
import { isCaptured, isCaptureOver, isHopeless } from './versions.ts';

/** The default and the most rows of a page of enriched transactions. */
const PAGE_ROWS = 50;
/** The lifetime of a version 1 result; Ocrolus does not document it. */
const REQUEST_LIFETIME_MS = 7 * 86_400_000;

/** The v2 analyze family: bare bodies, 425 until they are ready, a job with `async=true`. */
export function analytics(match: Match): Reply {
  const { account, query, operation } = match;
  const book = bookOf(match);
  const kind = operation.kind ?? 'summary';
  if (!book.analytics.isReady) return notReady(match, book);
  if (book.analytics.rows === 0) return withoutTransactions(match, book);
  if (query.get('async') === 'true') return startJob(match, book, kind);
  if (book.volume !== 'normal') return spelling(account.refusals.tooMany, book.hash);
  return available(kind === 'enriched-transactions' ? enrichedPage(match, book) : analyticsBody(book, kind));
}

export function notReady({ account, model }: Match, book: Book): Reply {
  const { notReady, neverReady } = account.refusals;
  const cannotBecomeReady = isHopeless(book) || (isCaptureOver(book) && book.captured === 0);
  return spelling(cannotBecomeReady ? neverReady : notReady, book.hash + (model.spellingShift?.() ?? 0));
}

/** Three spellings of "nothing to analyse". */
export function withoutTransactions({ account }: Match, book: Book): Reply {
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

/** A job returns the state of the book at the time it was started. */
function startJob({ model, isCall }: Match, book: Book, kind: Kind): Reply {
  if (!isCall) return refusal(202, '', 'asynchronous');
  const id = model.jobs.start(book, kind, jobBody(book, kind));
  return refusal(202, { job_id: id, status: 'PENDING' }, 'asynchronous');
}

/** The result of a job that starts now. Enriched transactions come in one page. */
export function jobBody(book: Book, kind: Kind): string {
  if (kind === 'enriched-transactions') return enrichedBody(book, 0, book.analytics.rows);
  return analyticsBody(book, kind);
}

function analyticsBody({ uuid, pk, name, analytics }: Book, kind: Kind): string {
  const { revision: simulated_revision, rows, documents } = analytics;
  switch (kind) {
    case 'summary':
      return JSON.stringify({
        book_pk: integer(pk),
        book_name: name,
        txn_count: rows,
        average_daily_balance: 1204.5,
        bank_accounts: [{ bank_account_pk: integer(pk), account_number: '40123456789', txn_count: rows }],
        number_of_docs_processed: documents,
        simulated_revision,
        book_uuid: uuid,
      });
    case 'cash-flow':
      return JSON.stringify({
        book_uuid: uuid,
        num_of_months: documents,
        cash_flow_features: { credit_avg_1m: rows + 0.5, credit_avg_3m: null },
        simulated_revision,
      });
    default:
      return JSON.stringify({
        book_uuid: uuid,
        proba_default: 0.17,
        feature_importance: { credit_avg_3m: 0.08, base: -0.9 },
        model_version: 'simulated',
        error: null,
        simulated_revision,
      });
  }
}

function enrichedPage({ query }: Match, book: Book): string {
  const { pageLimit = PAGE_ROWS, mostRows = pageLimit } = book.account.habits;
  const most = Math.min(pageLimit, mostRows);
  const offset = Number(query.get('offset') ?? 0);
  const limit = Math.min(most, Number(query.get('limit') ?? most));
  return enrichedBody(book, offset, limit);
}

/** `offset` counts from the latest transaction: rows shift when there are more. */
export function enrichedBody(book: Book, asked: number, limit: number): string {
  const { habits } = book.account;
  const { rows: total, revision } = book.analytics;
  const isRepeated = habits.repeatsPages === true && asked >= total && total > 0;
  const offset = isRepeated ? Math.max(0, total - limit) : asked;
  const end = Math.min(total, offset + limit);
  const rows = Array.from({ length: Math.max(0, end - offset) }, (_, n) => enrichedRow(total - offset - n));
  const filtered_total = habits.filteredTotal === 'total' ? total : rows.length;
  const head = { book_uuid: book.uuid, filtered_total, offset, limit };
  const tail = { total, simulated_revision: revision };
  return withList(head, 'enriched_transactions', rows.join(','), tail);
}

const rowTexts = new Map<number, string>();

/** The same for every book. @param n from 1 for the earliest transaction. */
function enrichedRow(n: number): string {
  const known = rowTexts.get(n);
  if (known !== undefined) return known;
  const [txn_pk, description] = [264_000_000 + n, `CHECKCARD ${n} ${reference(n)}`];
  const rest = { description, amount: -127.99, counterparty: 'QUILLFEATHER PAPER' };
  const text = JSON.stringify({ txn_pk, txn_date: '2026-01-09', ...rest });
  rowTexts.set(n, text);
  return text;
}

/** About 40 hexadecimal characters that barely compress, so that bodies of some hundred rows are too large for the table. */
function reference(n: number): string {
  let text = '';
  for (let mixed = n, part = 0; part < 5; part += 1) {
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    text += (mixed >>> 0).toString(16);
  }
  return text;
}

/** Version 1, deprecated: computed on demand from the verified statements. */
export function analyticsV1(match: Match): Reply {
  const { refusals } = match.account;
  const book = bookOf(match);
  if (book.working > 0 || book.uploading > 0) return refusals.documentsPending;
  if (!book.documents.some((document) => document.kind === 'bank-statement' && isCaptured(document)))
    return refusals.notStatementsV1;
  return available(v1(bodyV1(book.pk, book.statements.revision)));
}

function bodyV1(pk: string, revision: number): object {
  return {
    average_daily_balance: '15460.36',
    bank_accounts: [{ book_pk: integer(pk), account_holder: 'NORA QUILLFEATHER' }],
    simulated_revision: revision,
  };
}

/** Keyed by the request id; PROCESSING, COMPLETED or EXPIRED. */
export function requestedAnalytics({ model, account, id, now }: Match): Reply {
  const request = model.registry.requests.get(id);
  if (id === '') return account.refusals.missing;
  if (request === undefined || request.book.account !== account) return account.refusals.objectNotFound;
  const keyed = (analytics_status: string, analytics: object | null) =>
    v1({ [id]: { analytics_status, analytics } });
  if (now - request.requestedAt >= REQUEST_LIFETIME_MS)
    return refusal(200, keyed('EXPIRED', null), 'unavailable');
  if (request.revision === 0) return partial(keyed('PROCESSING', null), 'notYet');
  return available(keyed('COMPLETED', bodyV1(request.book.pk, request.revision)));
}

export const incomeSummary = (match: Match): Reply =>
  incomeAnswer(match, { income_summary_data: [{ borrower_name: 'NORA QUILLFEATHER' }] });

export const income = (match: Match): Reply =>
  incomeAnswer(match, {
    incomes: [{ income_type: 'WAGE_EARNER' }],
    borrowers: [{ name: 'NORA QUILLFEATHER' }],
  });

export const bankStatementIncome = (match: Match): Reply =>
  incomeAnswer(match, {
    bank_statement_income: [{ account: { holder_name: 'NORA QUILLFEATHER' }, deposits: [] }],
  });

/** 425 until it is calculated. A book without income gets 425 forever, or a 404 without a code. */
function incomeAnswer(match: Match, content: object): Reply {
  const book = bookOf(match);
  const { refusals } = match.account;
  const { isIncomeExpected: isExpected } = book;
  const { revision } = book.income;
  if (revision > 0) return available({ book_uuid: book.uuid, ...content, simulated_revision: revision });
  if (!isExpected && book.hash % 3 === 0) return refusals.incomeNotFound;
  return spelling(isExpected ? refusals.notReady : refusals.neverReady, book.hash);
}

/** A Middesk look-up: bare; `pending` inside until Middesk is done. */
export function business(match: Match): Reply {
  const { account, id } = match;
  const book = bookOf(match);
  const found = book.businesses.find(({ uuid }) => uuid === id);
  if (found === undefined) return account.refusals.objectNotFound;
  const { uuid, status, revision } = found;
  const people = [{ object: 'person', name: 'Nora Quillfeather' }];
  const middesk_response = { object: 'business', name: 'Quillfeather Bakery', status, people };
  const body = { book_uuid: book.uuid, business_uuid: uuid, middesk_response, simulated_revision: revision };
  return status === 'pending' ? partial(body, 'notYet') : available(body);
}

/** Whether Middesk knows the business by the id that it has here is not documented: in one account of two. */
export function businessOfBook(match: Match): Reply {
  const { account } = match;
  const book = bookOf(match);
  const business = book.businesses.at(-1);
  if (business === undefined) return account.refusals.objectNotFound;
  const isSame = account.habits.vocabulary !== 'organization';
  const id = isSame ? business.uuid : business.uuid.replace(/^.{8}/, '0000b05e');
  return available({ id, name: 'Quillfeather Bakery', simulated_revision: book.businessHistory.revision });
}

/** Returned for every book, at first without findings; `book_uuid` has no dashes. */
export function suspiciousActivity(match: Match): Reply {
  const book = bookOf(match);
  const { revision } = book.suspicious;
  const flag = { suspicious_activity_detected: revision > 1, reason: 'FILE_TAMPERING' };
  const suspicious_activity_results = [{ form_type: { name: 'BANK_ACCOUNT' }, flags: [flag] }];
  const book_uuid = book.uuid.replaceAll('-', '');
  return available(v1({ book_uuid, suspicious_activity_results, simulated_revision: revision }));
}

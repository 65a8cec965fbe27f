import { analyticsBody, enrichedBody, jobBody } from './analytics.ts';
import type { Book, Document } from './book.ts';
import { isHopeless } from './book-state.ts';
import { signalsText } from './detect.ts';
import type { Match, ModelContext } from './model-context.ts';
import type { Operation } from './operations.ts';
import * as operations from './operations.ts';
import type { Kind } from './profile.ts';
import type { Reply, ReplyState } from './reply.ts';
import { answerMatch, findOperation } from './routes.ts';
import type { BookTruth, DocumentTruth, ResultTruth } from './truth-types.ts';

/** What Ocrolus answers about a book now, were there no tokens, faults or limits; changes nothing. */
export function truthOf(context: ModelContext, book: Book): BookTruth {
  const { uuid, pk, account, name, bookClass, status, createdAt, changedAt, version, analytics } = book;
  return {
    bookUuid: uuid,
    bookPk: pk,
    account: account.name,
    name,
    bookClass,
    status,
    found: context.now() < book.vanishesAt,
    createdAt,
    changedAt,
    version,
    rows: analytics.rows,
    documents: [...book.documents.map(documentTruth), ...mixedTruths(book)],
    results: status === 'DELETED' ? [] : resultTruths(context, book),
  };
}

function documentTruth(document: Document): DocumentTruth {
  const { uuid, pk, docUuid, name, status, listed, detect, revision } = document;
  const rejectionReason = status === 'REJECTED' ? document.rejectionReason : undefined;
  const analysis = signalsText(document);
  return {
    uuid,
    pk,
    docUuid,
    name,
    status,
    rejectionReason,
    listed,
    isMixed: false,
    detect,
    revision,
    analysis,
  };
}

function mixedTruths(book: Book): DocumentTruth[] {
  return book.mixed.map(({ uuid, pk, name, status }) => ({
    uuid,
    pk,
    docUuid: uuid,
    name,
    status,
    rejectionReason: status === 'REJECTED' ? 'INVALID DOCUMENT' : undefined,
    listed: true,
    isMixed: true,
    detect: 'ABSENT',
    revision: 0,
    analysis: '',
  }));
}

type Add = (operation: Operation, subject: string, target: string, changedAt: number) => void;

const v2 = ({ uuid }: Book, rest: string) => `/v2/book/${uuid}/${rest}`;

/** The calls that answer each kind of result of a book. A kind without a call does not compile. */
const CALLS: Readonly<Record<Kind, (book: Book, add: Add) => void>> = {
  summary: (book, add) => add(operations.SUMMARY, book.uuid, v2(book, 'summary'), book.analytics.changedAt),
  'cash-flow': (book, add) =>
    add(operations.CASH_FLOW, book.uuid, v2(book, 'cash_flow_features'), book.analytics.changedAt),
  'enriched-transactions': (book, add) =>
    add(operations.ENRICHED, book.uuid, v2(book, 'enriched_txns'), book.analytics.changedAt),
  'risk-score': (book, add) =>
    add(operations.RISK_SCORE, book.uuid, v2(book, 'cash_flow_risk_score'), book.analytics.changedAt),
  paystubs: (book, add) => add(operations.PAYSTUBS, book.uuid, v2(book, 'paystub'), book.paystubs.changedAt),
  classification: (book, add) =>
    add(
      operations.CLASSIFICATION,
      book.uuid,
      v2(book, 'classification-summary'),
      book.classification.changedAt,
    ),
  income: (book, add) => {
    const { uuid, income } = book;
    add(operations.INCOME, uuid, v2(book, 'income-calculations'), income.changedAt);
    add(operations.INCOME_SUMMARY, `${uuid}@summary`, v2(book, 'income/summary'), income.changedAt);
  },
  'bank-statement-income': (book, add) =>
    add(operations.BANK_INCOME, book.uuid, v2(book, 'income/bank-statement-v2'), book.income.changedAt),
  'suspicious-activity': ({ uuid, suspicious }, add) =>
    add(operations.SUSPICIOUS, uuid, `/v1/book/${uuid}/suspicious-activity-flags`, suspicious.changedAt),
  analytics: ({ uuid, statements, requests }, add) => {
    add(operations.ANALYTICS_V1, uuid, `/v1/book/summary?book_uuid=${uuid}`, statements.changedAt);
    for (const { id, changedAt } of requests) {
      const target = `/v1/book/analytics/async/result?analytics_request_id=${id}`;
      add(operations.ASYNC_RESULT, id, target, changedAt);
    }
  },
  business: (book, add) => {
    for (const { uuid: id, changedAt } of book.businesses)
      add(operations.BUSINESS, id, v2(book, `business/${id}`), changedAt);
  },
  signals: ({ uuid, signals, documents }, add) => {
    add(operations.BOOK_SIGNALS, uuid, `/v2/detect/book/${uuid}/signals`, signals.changedAt);
    for (const { uuid: id, detectChangedAt } of documents)
      add(operations.DOCUMENT_SIGNALS, id, `/v2/detect/uploaded_doc/${id}/signals`, detectChangedAt);
  },
  forms: ({ documents }, add) => {
    for (const { uuid: id, docUuid, changedAt } of documents)
      add(operations.FORMS, id, `/v1/document/forms/fields?doc_uuid=${docUuid}`, changedAt);
  },
  transactions: ({ uuid, documents }, add) => {
    for (const { uuid: id, changedAt } of documents) {
      const query = `book_uuid=${uuid}&uploaded_doc_uuid=${id}`;
      add(operations.DOCUMENT_TRANSACTIONS, id, `/v1/transaction?${query}`, changedAt);
    }
  },
};

function resultTruths(context: ModelContext, book: Book): ResultTruth[] {
  const results: ResultTruth[] = [];
  const add: Add = (operation, subject, target, changedAt) => {
    results.push(resultTruth(context, book, { operation, subject, target, changedAt }));
  };
  for (const addCalls of Object.values(CALLS)) addCalls(book, add);
  return results;
}

interface ResultCall {
  readonly operation: Operation;
  readonly subject: string;
  readonly target: string;
  readonly changedAt: number;
}

function resultTruth(
  context: ModelContext,
  book: Book,
  { operation: { kind, name }, subject, target, changedAt }: ResultCall,
): ResultTruth {
  if (kind === undefined) throw new Error(`${name} has no result`);
  const match = matchFor(context, book, target);
  const answer = answerTarget(target, match);
  const state = settledState(answer, book);
  const job = jobBodyOf(match, book, kind);
  const known = { kind, subject, operation: name, target, state, answer, jobBody: job, changedAt };
  if (state === 'asynchronous') return { ...known, body: job };
  if (state !== 'available') return { ...known, body: undefined };
  return { ...known, body: answer.state === 'slow' ? analyticsBody(match, book, kind) : answer.body };
}

const JOB_KINDS: ReadonlySet<Kind> = new Set(['summary', 'cash-flow', 'enriched-transactions', 'risk-score']);

function jobBodyOf(match: Match, book: Book, kind: Kind): string | undefined {
  const { analytics, analyticsFate } = book;
  const hasJobs = JOB_KINDS.has(kind) && analytics.ready && analytics.rows > 0;
  if (!hasJobs || analyticsFate === 'too-large' || analyticsFate === 'unsupported') return undefined;
  return jobBody(match, book, kind);
}

/** The state after `slow` is resolved, and with what is known about the book. */
function settledState({ state }: Reply, book: Book): ReplyState {
  if (state === 'notYet' && isHopeless(book)) return 'neverReady';
  if (state === 'slow') return book.analyticsFate === 'slow-forever' ? 'asynchronous' : 'available';
  return state === 'asynchronous' && book.analyticsFate === 'too-large' ? 'unavailable' : state;
}

function matchFor(context: ModelContext, book: Book, target: string): Match {
  const query = new URLSearchParams(target.split('?')[1]);
  const { account } = book;
  return {
    context,
    account,
    book: undefined,
    document: undefined,
    id: '',
    query,
    now: context.now(),
    isCall: false,
  };
}

function answerTarget(target: string, match: Match): Reply {
  const [path = ''] = target.split('?');
  const operation = findOperation(path, match);
  return operation === undefined ? match.account.refusals.unknownPath : answerMatch(operation, match);
}

/** What one call about a book of the account is answered now; counts nothing and changes nothing. */
export function peek(context: ModelContext, book: Book, target: string): Reply {
  return answerTarget(target, matchFor(context, book, target));
}

/** A page of enriched transactions, also where only a job answers them. */
export function enrichedPageOf(context: ModelContext, book: Book, offset: number, limit: number): string {
  return enrichedBody(matchFor(context, book, ''), book, offset, limit);
}

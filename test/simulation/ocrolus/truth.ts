import { analyticsBody, enrichedBody, jobBody } from './analytics.ts';
import type { Book, Document } from './book.ts';
import { isHopeless } from './book-state.ts';
import { signalsText } from './detect.ts';
import type { Operation } from './operations.ts';
import * as operations from './operations.ts';
import type { Kind } from './profile.ts';
import type { Reply, ReplyState } from './reply.ts';
import { answerMatch, findOperation } from './routes.ts';
import type { BookTruth, DocumentTruth, ResultTruth } from './truth-types.ts';
import type { Match, World } from './world.ts';

/** What Ocrolus answers about a book now, were there no tokens, faults or limits; changes nothing. */
export function truthOf(world: World, book: Book): BookTruth {
  const { uuid, pk, account, name, bookClass, status, createdAt, changedAt, version, analytics } = book;
  return {
    bookUuid: uuid,
    bookPk: pk,
    account: account.name,
    name,
    bookClass,
    status,
    found: world.now() < book.vanishesAt,
    createdAt,
    changedAt,
    version,
    rows: analytics.rows,
    documents: [...book.documents.map(documentTruth), ...mixedTruths(book)],
    results: status === 'DELETED' ? [] : resultTruths(world, book),
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

function resultTruths(world: World, book: Book): ResultTruth[] {
  const { uuid, analytics } = book;
  const v2 = `/v2/book/${uuid}`;
  const results: ResultTruth[] = [];
  const add = (operation: Operation, subject: string, target: string, changedAt: number) => {
    results.push(resultTruth(world, book, operation, subject, target, changedAt));
  };
  add(operations.SUMMARY, uuid, `${v2}/summary`, analytics.changedAt);
  add(operations.CASH_FLOW, uuid, `${v2}/cash_flow_features`, analytics.changedAt);
  add(operations.ENRICHED, uuid, `${v2}/enriched_txns`, analytics.changedAt);
  add(operations.RISK_SCORE, uuid, `${v2}/cash_flow_risk_score`, analytics.changedAt);
  add(operations.PAYSTUBS, uuid, `${v2}/paystub`, book.paystubs.changedAt);
  add(operations.CLASSIFICATION, uuid, `${v2}/classification-summary`, book.classification.changedAt);
  add(operations.INCOME, uuid, `${v2}/income-calculations`, book.income.changedAt);
  add(operations.INCOME_SUMMARY, `${uuid}@summary`, `${v2}/income/summary`, book.income.changedAt);
  add(operations.BANK_INCOME, uuid, `${v2}/income/bank-statement-v2`, book.income.changedAt);
  add(operations.SUSPICIOUS, uuid, `/v1/book/${uuid}/suspicious-activity-flags`, book.suspicious.changedAt);
  add(operations.ANALYTICS_V1, uuid, `/v1/book/summary?book_uuid=${uuid}`, book.statements.changedAt);
  add(operations.BOOK_SIGNALS, uuid, `/v2/detect/book/${uuid}/signals`, book.signals.changedAt);
  for (const { uuid: id, changedAt } of book.businesses) {
    add(operations.BUSINESS, id, `${v2}/business/${id}`, changedAt);
  }
  for (const { id, changedAt } of book.requests) {
    add(operations.ASYNC_RESULT, id, `/v1/book/analytics/async/result?analytics_request_id=${id}`, changedAt);
  }
  for (const document of book.documents) {
    const { uuid: id, changedAt, detectChangedAt } = document;
    add(operations.FORMS, id, `/v1/document/forms/fields?doc_uuid=${id}`, changedAt);
    const query = `book_uuid=${uuid}&uploaded_doc_uuid=${id}`;
    add(operations.DOCUMENT_TRANSACTIONS, id, `/v1/transaction?${query}`, changedAt);
    add(operations.DOCUMENT_SIGNALS, id, `/v2/detect/uploaded_doc/${id}/signals`, detectChangedAt);
  }
  return results;
}

function resultTruth(
  world: World,
  book: Book,
  { kind, name }: Operation,
  subject: string,
  target: string,
  changedAt: number,
): ResultTruth {
  if (kind === undefined) throw new Error(`${name} has no result`);
  const match = matchFor(world, book, target);
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

function matchFor(world: World, book: Book, target: string): Match {
  const query = new URLSearchParams(target.split('?')[1]);
  const { account } = book;
  return {
    world,
    account,
    book: undefined,
    document: undefined,
    id: '',
    query,
    now: world.now(),
    isCall: false,
  };
}

function answerTarget(target: string, match: Match): Reply {
  const [path = ''] = target.split('?');
  const operation = findOperation(path, match);
  return operation === undefined ? match.account.refusals.unknownPath : answerMatch(operation, match);
}

/** What one call about a book of the account is answered now; counts nothing and changes nothing. */
export function peek(world: World, book: Book, target: string): Reply {
  return answerTarget(target, matchFor(world, book, target));
}

/** A page of enriched transactions, also where only a job answers them. */
export function enrichedPageOf(world: World, book: Book, offset: number, limit: number): string {
  return enrichedBody(matchFor(world, book, ''), book, offset, limit);
}

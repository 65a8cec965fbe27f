import { jobBody } from '../../../infra/local/ocrolus/model/analytics.ts';
import type { Book, Kind, Versioned } from '../../../infra/local/ocrolus/model/book.ts';
import { answerCall, findCall, operationOf } from '../../../infra/local/ocrolus/model/calls.ts';
import type { Model } from '../../../infra/local/ocrolus/model/model.ts';
import type { Reply, ReplyState } from '../../../infra/local/ocrolus/model/reply.ts';
import { isHopeless } from '../../../infra/local/ocrolus/model/versions.ts';

/**
 * Answers one call about a book by path and query, without tokens, faults or limits. It changes nothing.
 *
 * @throws Error for an unknown path.
 */
export function peek(model: Model, { account }: Book, target: string, answer = answerCall): Reply {
  const [path = '', query] = target.split('?');
  const match = findCall(model, { path, query: new URLSearchParams(query), account, isCall: false });
  if (match === undefined) throw new Error(`no call ${path}`);
  return answer(match);
}

/** Every result has its revision, which only ever grows: what is older than what was seen before is stale. */
export function revisionOf(body: string): number | undefined {
  const found = /"simulated_revision":(\d+)/.exec(body);
  return found === null ? undefined : Number(found[1]);
}

/** One result of a book as documented, without oddities. */
export interface ResultTruth {
  readonly kind: Kind;
  /** The uuid of the book, document or business, or the id of a request; `<uuid>@summary` for the income summary. */
  readonly subject: string;
  readonly operation: string;
  /** Path and query of the call. */
  readonly target: string;
  /** `asynchronous` where only a job returns it; `neverReady` unless the book changes. */
  readonly state: ReplyState;
  /** The answer to the call now. */
  readonly answer: Reply;
  /** The result, where there is one: of a call, or of a job where `state` is `asynchronous`. */
  readonly body: string | undefined;
  /** The result of a job that starts now: the same body, but enriched transactions come in one page. */
  readonly jobBody: string | undefined;
  /** The number of times that the result has changed. */
  readonly revision: number;
  /** Unix milliseconds: when the result last changed. */
  readonly changedAt: number;
}

/** Kinds that a book has one result of: the call, and the member of the book that counts its changes. */
const OF_BOOK = {
  summary: ['Book-summary', 'analytics'],
  'cash-flow': ['cash-flow-features', 'analytics'],
  'enriched-transactions': ['enriched-transactions', 'analytics'],
  'risk-score': ['risk-score', 'analytics'],
  paystubs: ['book-paystub-data', 'paystubs'],
  classification: ['classification-summary', 'classification'],
  income: ['income-calculations', 'income'],
  'bank-statement-income': ['bsic', 'income'],
  'suspicious-activity': ['suspicious-activity-flags', 'suspicious'],
  'business-history': ['business-identifier', 'businessHistory'],
  workbook: ['lender-analytics-xlsx', 'analytics'],
  analytics: ['analytics', 'statements'],
  signals: ['book-fraud-signals', 'signals'],
} as const satisfies Partial<Record<Kind, readonly [operation: string, result: keyof Book]>>;

interface Source {
  readonly operation: string;
  readonly result: Versioned;
  readonly target: string;
}

function source(operation: string, result: Versioned, ids: readonly string[], query = ''): Source {
  const path = ids.reduce((left, id) => left.replace('*', id), operationOf(operation).path);
  return { operation, result, target: path + query };
}

/** @returns `undefined` where Ocrolus knows no such result of the book. */
export function sourceOf(model: Model, book: Book, kind: Kind, subject: string): Source | undefined {
  const { uuid } = book;
  if (subject !== uuid) return sourceOfPart(model, book, kind, subject);
  if (!isOfBook(kind)) return undefined;
  const [operation, result] = OF_BOOK[kind];
  return source(operation, book[result], [uuid], kind === 'analytics' ? `?book_uuid=${uuid}` : '');
}

function isOfBook(kind: Kind): kind is keyof typeof OF_BOOK {
  return Object.hasOwn(OF_BOOK, kind);
}

/** The source of a result of a document, request or business, or of the income summary. */
function sourceOfPart({ registry }: Model, book: Book, kind: Kind, subject: string): Source | undefined {
  const { uuid } = book;
  if (kind === 'income' && subject === `${uuid}@summary`)
    return source('income-summary', book.income, [uuid]);
  if (kind === 'analytics') {
    const request = registry.requests.get(subject);
    return request && source('async-analytics-result', request, [], `?analytics_request_id=${subject}`);
  }
  if (kind === 'business') {
    const business = book.businesses.find((known) => known.uuid === subject);
    return business && source('retrieve-business', business, [uuid, subject]);
  }
  const document = registry.documents.get(subject);
  if (document?.book !== book) return undefined;
  if (kind === 'forms') return source('doc-form-data', document, [], `?doc_uuid=${document.docUuid}`);
  if (kind === 'original') return source('document-download', document.original, [], `?doc_uuid=${subject}`);
  if (kind === 'signals') return source('doc-fraud-signals', document.signals, [subject]);
  const query = `?book_uuid=${uuid}&uploaded_doc_uuid=${subject}`;
  return kind === 'transactions' ? source('transactions', document, [], query) : undefined;
}

/** Every result that Ocrolus may have of a book, by kind and subject. */
export function* resultsOf({ uuid, documents, requests, businesses }: Book): Generator<[Kind, string]> {
  for (const kind of Object.keys(OF_BOOK) as (keyof typeof OF_BOOK)[]) yield [kind, uuid];
  yield ['income', `${uuid}@summary`];
  for (const { id } of requests) yield ['analytics', id];
  for (const { uuid: id } of businesses) yield ['business', id];
  for (const { uuid: id } of documents) {
    yield ['forms', id];
    yield ['transactions', id];
    yield ['original', id];
    yield ['signals', id];
  }
}

/** @returns `undefined` where Ocrolus knows no such result of the book. */
export function resultOf(model: Model, book: Book, kind: Kind, subject: string): ResultTruth | undefined {
  const found = sourceOf(model, book, kind, subject);
  if (found === undefined) return undefined;
  const { operation, target, result } = found;
  const answer = peek(model, book, target);
  const job = jobBodyOf(book, kind);
  const state = settled(answer.state, book);
  const body = state === 'available' ? answer.body : state === 'asynchronous' ? job : undefined;
  const { revision, changedAt } = result;
  return { kind, subject, operation, target, state, answer, body, jobBody: job, revision, changedAt };
}

const JOB_KINDS: ReadonlySet<Kind> = new Set(['summary', 'cash-flow', 'enriched-transactions', 'risk-score']);

function jobBodyOf(book: Book, kind: Kind): string | undefined {
  const { analytics, volume } = book;
  const hasJobs = JOB_KINDS.has(kind) && analytics.isReady && analytics.rows > 0 && volume !== 'too-large';
  return hasJobs ? jobBody(book, kind) : undefined;
}

/** The state with what is known about the book. */
function settled(state: ReplyState, book: Book): ReplyState {
  if (state === 'notYet' && isHopeless(book)) return 'neverReady';
  return state === 'asynchronous' && book.volume === 'too-large' ? 'unavailable' : state;
}

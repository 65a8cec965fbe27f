import type { Book, Change, Versioned } from './book.ts';
import type { ModelContext } from './model-context.ts';
import type { Operation } from './operations.ts';
import * as operations from './operations.ts';
import type { Kind } from './profile.ts';

/** The call that answers one result of a book, and how the result came to be what it is. */
export interface ResultCall {
  readonly kind: Kind;
  /** The uuid of the book, document or business, or the id of a request; `<uuid>@summary` for the income summary. */
  readonly subject: string;
  readonly operation: Operation;
  /** Path and query. */
  readonly target: string;
  readonly revision: number;
  readonly changedAt: number;
  readonly change: Change;
}

type Made = Omit<ResultCall, 'kind' | 'subject'>;

const v2 = ({ uuid }: Book, rest: string) => `/v2/book/${uuid}/${rest}`;

function call(operation: Operation, target: string, { revision, changedAt, change }: Versioned): Made {
  return { operation, target, revision, changedAt, change };
}

/** The call of each kind that a book has one of. */
const OF_BOOK: Readonly<Partial<Record<Kind, (book: Book) => Made>>> = {
  summary: (book) => call(operations.SUMMARY, v2(book, 'summary'), book.analytics),
  'cash-flow': (book) => call(operations.CASH_FLOW, v2(book, 'cash_flow_features'), book.analytics),
  'enriched-transactions': (book) => call(operations.ENRICHED, v2(book, 'enriched_txns'), book.analytics),
  'risk-score': (book) => call(operations.RISK_SCORE, v2(book, 'cash_flow_risk_score'), book.analytics),
  paystubs: (book) => call(operations.PAYSTUBS, v2(book, 'paystub'), book.paystubs),
  classification: (book) =>
    call(operations.CLASSIFICATION, v2(book, 'classification-summary'), book.classification),
  income: (book) => call(operations.INCOME, v2(book, 'income-calculations'), book.income),
  'bank-statement-income': (book) =>
    call(operations.BANK_INCOME, v2(book, 'income/bank-statement-v2'), book.income),
  'suspicious-activity': (book) =>
    call(operations.SUSPICIOUS, `/v1/book/${book.uuid}/suspicious-activity-flags`, book.suspicious),
  analytics: (book) =>
    call(operations.ANALYTICS_V1, `/v1/book/summary?book_uuid=${book.uuid}`, book.statements),
  signals: (book) => call(operations.BOOK_SIGNALS, `/v2/detect/book/${book.uuid}/signals`, book.signals),
};

/** @returns `undefined` where Ocrolus knows no such result of the book. */
export function callOf(
  { registry }: ModelContext,
  book: Book,
  kind: Kind,
  subject: string,
): ResultCall | undefined {
  const made = subject === book.uuid ? OF_BOOK[kind]?.(book) : ofPart(registry, book, kind, subject);
  return made && { kind, subject, ...made };
}

/** Of a document, request or business, or the summary of income. */
function ofPart(
  { documents, requests }: ModelContext['registry'],
  book: Book,
  kind: Kind,
  subject: string,
): Made | undefined {
  if (kind === 'income' && subject === `${book.uuid}@summary`)
    return call(operations.INCOME_SUMMARY, v2(book, 'income/summary'), book.income);
  if (kind === 'analytics') {
    const request = requests.get(subject);
    const target = `/v1/book/analytics/async/result?analytics_request_id=${subject}`;
    return request && call(operations.ASYNC_RESULT, target, request);
  }
  if (kind === 'business') {
    const business = book.businesses.find(({ uuid }) => uuid === subject);
    return business && call(operations.BUSINESS, v2(book, `business/${subject}`), business);
  }
  const document = documents.get(subject);
  if (document === undefined || document.book !== book) return undefined;
  switch (kind) {
    case 'forms':
      return call(operations.FORMS, `/v1/document/forms/fields?doc_uuid=${document.docUuid}`, document);
    case 'transactions':
      return call(
        operations.DOCUMENT_TRANSACTIONS,
        `/v1/transaction?book_uuid=${book.uuid}&uploaded_doc_uuid=${subject}`,
        document,
      );
    case 'signals': {
      const { detectRevision: revision, detectChangedAt: changedAt } = document;
      const change = { since: revision <= 1 ? 0 : changedAt, isShown: revision <= 1, left: undefined };
      const versioned = { revision, changedAt, change };
      return call(operations.DOCUMENT_SIGNALS, `/v2/detect/uploaded_doc/${subject}/signals`, versioned);
    }
    default:
      return undefined;
  }
}

/** Every result that Ocrolus may have of a book, by kind and subject. */
export function* resultsOf({ uuid, documents, requests, businesses }: Book): Generator<[Kind, string]> {
  for (const kind of Object.keys(OF_BOOK) as Kind[]) yield [kind, uuid];
  yield ['income', `${uuid}@summary`];
  for (const { id } of requests) yield ['analytics', id];
  for (const { uuid: id } of businesses) yield ['business', id];
  for (const { uuid: id } of documents) {
    yield ['forms', id];
    yield ['transactions', id];
    yield ['signals', id];
  }
}

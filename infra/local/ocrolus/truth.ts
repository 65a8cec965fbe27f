import { transactionCount } from './bodies/analytics/common.ts';
import type { Reply } from './http/reply.ts';
import { getRequest } from './http/request.ts';
import { answer, findRoute, type Route, UNKNOWN_PATH } from './http/router.ts';
import type { Book, BookStatus, DetectResult, Document, DocumentStatus } from './state/book.ts';
import type { Organization } from './state/organization.ts';

export interface ExpectedDocument {
  readonly uuid: string;
  readonly pk: string;
  readonly docUuid: string;
  readonly name: string;
  readonly status: DocumentStatus;
  readonly rejectionReason: string | undefined;
  readonly detect: DetectResult | 'pending';
}

/** What one call would be answered now, were there no faults and no limits. */
export interface ExpectedAnswer {
  /** The vendor's name of the call (`operationId`). */
  readonly operation: ExpectedOperation;
  /** The uuid of the book, document or business, or the id of the analytics request. */
  readonly subject: string;
  /** Path and query. */
  readonly target: string;
  readonly status: number;
  readonly body: Buffer;
}

/** The truth about a book. */
export interface Expected {
  readonly bookUuid: string;
  readonly bookPk: string;
  readonly name: string;
  readonly status: BookStatus;
  readonly analyticsReady: boolean;
  readonly documents: readonly ExpectedDocument[];
  readonly answers: readonly ExpectedAnswer[];
  /** @throws Error when the book has no such call. Without a subject: the first of that name. */
  answer(operation: ExpectedOperation, subject?: string): ExpectedAnswer;
}

/** Asks every call about the book in-process: the same code, and so the same bytes, as over HTTP. */
export async function truthOf(
  organization: Organization,
  routes: readonly Route[],
  origin: string,
  book: Book,
): Promise<Expected> {
  const answers = await Promise.all(
    targetsOf(book).map(async ([operation, subject, target]) => {
      const { status, body } = await answerNow(organization, routes, origin, target);
      return { operation, subject, target, status, body: Buffer.from(body) };
    }),
  );
  return {
    bookUuid: book.uuid,
    bookPk: book.pk,
    name: book.name,
    status: book.status,
    analyticsReady: book.analyticsReady,
    documents: book.documents.map(expectedDocument),
    answers,
    answer: (operation, subject) => {
      const found = answers.find(
        (known) => known.operation === operation && (subject === undefined || known.subject === subject),
      );
      if (found === undefined) throw new Error(`no call ${operation} ${subject ?? ''} about ${book.uuid}`);
      return found;
    },
  };
}

function answerNow(
  organization: Organization,
  routes: readonly Route[],
  origin: string,
  target: string,
): Reply | Promise<Reply> {
  const request = getRequest(target);
  const match = findRoute(routes, 'GET', request.path);
  return match === undefined
    ? UNKNOWN_PATH
    : answer(match, { ...request, organization, params: match.params, origin });
}

/** Rows of enriched transactions that are asked for at once. */
const ENRICHED_ROWS = 500;

const v2 = ({ uuid }: Book, rest: string) => `/v2/book/${uuid}/${rest}`;

/** The calls about a book as a whole, by the vendor's name. */
const BOOK_CALLS = {
  'book-status': ({ uuid }: Book) => `/v1/book/status?book_uuid=${uuid}`,
  'book-info': ({ uuid }: Book) => `/v1/book/info?book_uuid=${uuid}`,
  'book-form-data': ({ uuid }: Book) => `/v1/book/forms?book_uuid=${uuid}`,
  'book-paystub-data': (book: Book) => v2(book, 'paystub'),
  transactions: ({ uuid }: Book) => `/v1/transaction?book_uuid=${uuid}`,
  'classification-summary': (book: Book) => v2(book, 'classification-summary'),
  analytics: ({ uuid }: Book) => `/v1/book/summary?book_uuid=${uuid}`,
  'Book-summary': (book: Book) => v2(book, 'summary'),
  'cash-flow-features': (book: Book) => v2(book, 'cash_flow_features'),
  'enriched-transactions': (book: Book) => v2(book, `enriched_txns?limit=${ENRICHED_ROWS}`),
  'risk-score': (book: Book) => v2(book, 'cash_flow_risk_score'),
  'book-fraud-signals': ({ uuid }: Book) => `/v2/detect/book/${uuid}/signals`,
  'suspicious-activity-flags': ({ uuid }: Book) => `/v1/book/${uuid}/suspicious-activity-flags`,
  'income-summary': (book: Book) => v2(book, 'income/summary'),
  'income-calculations': (book: Book) => v2(book, 'income-calculations'),
  bsic: (book: Book) => v2(book, 'income/bank-statement-v2'),
} as const satisfies Readonly<Record<string, (book: Book) => string>>;

/** Calls about one document of a book. */
const DOCUMENT_CALLS = {
  'doc-form-data': (_: Book, { docUuid }: Document) => `/v1/document/forms/fields?doc_uuid=${docUuid}`,
  'doc-paystub-data': (_: Book, { docUuid }: Document) => `/v2/document/${docUuid}/paystub`,
  transactions: (book: Book, { uuid }: Document) =>
    `/v1/transaction?book_uuid=${book.uuid}&uploaded_doc_uuid=${uuid}`,
  'doc-fraud-signals': (_: Book, { uuid }: Document) => `/v2/detect/uploaded_doc/${uuid}/signals`,
} as const satisfies Readonly<Record<string, (book: Book, document: Document) => string>>;

/** Calls about a business or a request, by an id of its own. */
const NAMED_CALLS = {
  'retrieve-business': (book: Book, id: string) => v2(book, `business/${id}`),
  'async-analytics-result': (_: Book, id: string) =>
    `/v1/book/analytics/async/result?analytics_request_id=${id}`,
} as const;

/** The calls whose answers are known. */
export type ExpectedOperation =
  | keyof typeof BOOK_CALLS
  | keyof typeof DOCUMENT_CALLS
  | keyof typeof NAMED_CALLS;

type Target = readonly [operation: ExpectedOperation, subject: string, target: string];

function targetsOf(book: Book): Target[] {
  const about = <O extends ExpectedOperation, T>(
    calls: Readonly<Record<O, (book: Book, of: T) => string>>,
    id: string,
    of: T,
  ): Target[] => namesOf(calls).map((operation) => [operation, id, calls[operation](book, of)]);
  const { 'retrieve-business': business, 'async-analytics-result': request } = NAMED_CALLS;
  return [
    ...about(BOOK_CALLS, book.uuid, undefined),
    ...furtherPages(book),
    ...book.documents.flatMap((document) => about(DOCUMENT_CALLS, document.uuid, document)),
    ...book.businesses.flatMap(({ uuid }) => about({ 'retrieve-business': business }, uuid, uuid)),
    ...book.analyticsRequests.flatMap(({ id }) => about({ 'async-analytics-result': request }, id, id)),
  ];
}

/** The pages of enriched transactions after the first; the subject is `<book>@<offset>`. */
function furtherPages(book: Book): Target[] {
  const pages: Target[] = [];
  for (let offset = ENRICHED_ROWS; offset < transactionCount(book); offset += ENRICHED_ROWS) {
    const target = v2(book, `enriched_txns?offset=${offset}&limit=${ENRICHED_ROWS}`);
    pages.push(['enriched-transactions', `${book.uuid}@${offset}`, target]);
  }
  return pages;
}

/** The keys of a record that has no others. */
function namesOf<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(record) as K[];
}

function expectedDocument(document: Document): ExpectedDocument {
  const { uuid, pk, docUuid, name, status, detect } = document;
  const rejectionReason = status === 'REJECTED' ? document.rejection : undefined;
  return { uuid, pk, docUuid, name, status, rejectionReason, detect };
}

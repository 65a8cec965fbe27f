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
  readonly operation: string;
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
  answer(operation: string, subject?: string): ExpectedAnswer;
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

function targetsOf(book: Book): [operation: string, subject: string, target: string][] {
  const { uuid } = book;
  const v2 = `/v2/book/${uuid}`;
  return [
    ['book-status', uuid, `/v1/book/status?book_uuid=${uuid}`],
    ['book-info', uuid, `/v1/book/info?book_uuid=${uuid}`],
    ['book-form-data', uuid, `/v1/book/forms?book_uuid=${uuid}`],
    ['book-paystub-data', uuid, `${v2}/paystub`],
    ['transactions', uuid, `/v1/transaction?book_uuid=${uuid}`],
    ['classification-summary', uuid, `${v2}/classification-summary`],
    ['analytics', uuid, `/v1/book/summary?book_uuid=${uuid}`],
    ['Book-summary', uuid, `${v2}/summary`],
    ['cash-flow-features', uuid, `${v2}/cash_flow_features`],
    ['enriched-transactions', uuid, `${v2}/enriched_txns`],
    ['risk-score', uuid, `${v2}/cash_flow_risk_score`],
    ['book-fraud-signals', uuid, `/v2/detect/book/${uuid}/signals`],
    ['suspicious-activity-flags', uuid, `/v1/book/${uuid}/suspicious-activity-flags`],
    ['income-summary', uuid, `${v2}/income/summary`],
    ['income-calculations', uuid, `${v2}/income-calculations`],
    ['bsic', uuid, `${v2}/income/bank-statement-v2`],
    ...book.documents.flatMap(({ uuid: id }): [string, string, string][] => [
      ['doc-form-data', id, `/v1/document/forms/fields?doc_uuid=${id}`],
      ['doc-paystub-data', id, `/v2/document/${id}/paystub`],
      ['transactions', id, `/v1/transaction?book_uuid=${uuid}&uploaded_doc_uuid=${id}`],
      ['doc-fraud-signals', id, `/v2/detect/uploaded_doc/${id}/signals`],
    ]),
    ...book.businesses.map(({ uuid: id }): [string, string, string] => [
      'retrieve-business',
      id,
      `${v2}/business/${id}`,
    ]),
    ...book.analyticsRequests.map(({ id }): [string, string, string] => [
      'async-analytics-result',
      id,
      `/v1/book/analytics/async/result?analytics_request_id=${id}`,
    ]),
  ];
}

function expectedDocument(document: Document): ExpectedDocument {
  const { uuid, pk, docUuid, name, status, detect } = document;
  const rejectionReason = status === 'REJECTED' ? document.rejection : undefined;
  return { uuid, pk, docUuid, name, status, rejectionReason, detect };
}

import type { ResultKind } from '../events/result-kinds.ts';
import type { Weight } from '../rate-limit/limiter.ts';

/**
 * One GET of the Ocrolus API. `operation` is the vendor's operationId, which names the origin of a result. The `limit` of a
 * query is lowered if Ocrolus refuses it.
 */
export interface Call {
  readonly operation: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly weight: Weight;
  /** Code with which Ocrolus refuses the product to the organization; in other calls it means wrong credentials. */
  readonly notEnabledCode?: number;
  /** True if the answer is a file of whatever format; JSON is then an error, or says that it is not ready. */
  readonly isFile?: true;
}

/** A call other than GET, for registration only. `body` is sent as JSON unless it is a form. */
export interface Change extends Call {
  readonly method: 'POST' | 'DELETE';
  readonly body?: FormData | Readonly<Record<string, unknown>>;
}

/** A book by its uuid, or by its pk while nothing else is known. */
export type BookRef = { readonly bookUuid: string } | { readonly bookPk: string };

/**
 * Number of rows of enriched transactions per request: about 850 KB. Ocrolus documents neither a default nor a
 * maximum of `limit`, and may answer with fewer (docs/ocrolus.md#enriched-transactions).
 */
export const ENRICHED_LIMIT = 500;

/** Number of books per request of Book list. */
export const BOOKS_LIMIT = 100;

/**
 * "Risk score is not enabled for this org". In other calls, 1200 means refused credentials
 * (docs/ocrolus.md#products-that-are-not-enabled).
 */
const RISK_SCORE_NOT_ENABLED = 1200;

const segment = encodeURIComponent;

/** Uses `pk`, because `book_pk` is answered with 400/1103 (docs/ocrolus.md#request-parameters). */
function bookQuery(book: BookRef): Record<string, string> {
  return 'bookUuid' in book ? { book_uuid: book.bookUuid } : { pk: book.bookPk };
}

const light = (operation: string, path: string, query?: Record<string, string>): Call => ({
  operation,
  path,
  ...(query !== undefined && { query }),
  weight: 'light',
});

const heavy = (operation: string, path: string, query?: Record<string, string>): Call => ({
  ...light(operation, path, query),
  weight: 'heavy',
});

/** Paths and parameters: docs/ocrolus.md#calls. */
export const calls = {
  bookStatus: (book: BookRef) => light('book-status', '/v1/book/status', bookQuery(book)),
  bookInfo: (book: BookRef) => light('book-info', '/v1/book/info', bookQuery(book)),
  /** Ordered by ascending pk, so that new books are last. */
  books: (limit: number, offset: number) =>
    light('book-list', '/v1/books', {
      order: 'ASC',
      order_by: 'pk',
      limit: String(limit),
      offset: String(offset),
    }),
  documentForms: (docUuid: string) =>
    light('doc-form-data', '/v1/document/forms/fields', { doc_uuid: docUuid }),
  /** Used when the call takes none of the document's uuids (docs/ocrolus.md#document-ids). */
  documentFormsByPk: (docPk: string) => light('doc-form-data', '/v1/document/forms/fields', { pk: docPk }),
  documentTransactions: (bookUuid: string, docUuid: string) =>
    light('transactions', '/v1/transaction', { book_uuid: bookUuid, uploaded_doc_uuid: docUuid }),
  /** All pay stubs of the book, which the form endpoints do not have (docs/ocrolus.md#pay-stubs). */
  bookPayStubs: (bookUuid: string) => light('book-paystub-data', `/v2/book/${segment(bookUuid)}/paystub`),
  analytics: (book: BookRef) => heavy('analytics', '/v1/book/summary', bookQuery(book)),
  asyncAnalyticsResult: (requestId: string) =>
    light('async-analytics-result', '/v1/book/analytics/async/result', { analytics_request_id: requestId }),
  bookSummary: (bookUuid: string, async = false) =>
    heavy('Book-summary', `/v2/book/${segment(bookUuid)}/summary`, asyncQuery(async)),
  cashFlowFeatures: (bookUuid: string, async = false) =>
    heavy('cash-flow-features', `/v2/book/${segment(bookUuid)}/cash_flow_features`, asyncQuery(async)),
  riskScore: (bookUuid: string, async = false): Call => ({
    ...heavy('risk-score', `/v2/book/${segment(bookUuid)}/cash_flow_risk_score`, asyncQuery(async)),
    notEnabledCode: RISK_SCORE_NOT_ENABLED,
  }),
  /** The first rows, or a job that returns all of them. */
  enrichedTransactions: (bookUuid: string, async = false) =>
    light(
      'enriched-transactions',
      `/v2/book/${segment(bookUuid)}/enriched_txns`,
      asyncQuery(async) ?? { limit: String(ENRICHED_LIMIT) },
    ),
  /** Rows from `offset` on, counted from the latest. */
  enrichedTransactionsFrom: (bookUuid: string, offset: number) =>
    light('enriched-transactions', `/v2/book/${segment(bookUuid)}/enriched_txns`, {
      offset: String(offset),
      limit: String(ENRICHED_LIMIT),
    }),
  analyticsJob: (jobId: string) => light('async-job-status', `/v2/analytics/jobs/${segment(jobId)}`),
  bookSignals: (bookUuid: string) =>
    light('book-fraud-signals', `/v2/detect/book/${segment(bookUuid)}/signals`),
  /** Takes the uuid of the uploaded document. */
  documentSignals: (uploadedDocUuid: string) =>
    light('doc-fraud-signals', `/v2/detect/uploaded_doc/${segment(uploadedDocUuid)}/signals`),
  /** Alias that also takes the uuid of a part of an upload (docs/ocrolus.md#signals: observed). */
  partSignals: (docUuid: string) =>
    light('doc-fraud-signals', `/v2/detect/document/${segment(docUuid)}/signals`),
  suspiciousActivityFlags: (bookUuid: string) =>
    light('suspicious-activity-flags', `/v1/book/${segment(bookUuid)}/suspicious-activity-flags`),
  business: (bookUuid: string, businessUuid: string) =>
    light('retrieve-business', `/v2/book/${segment(bookUuid)}/business/${segment(businessUuid)}`),
  /** `{id, name}` of the business that the book is about; whether Middesk knows it by this id is not documented. */
  businessOfBook: (bookUuid: string) =>
    light('business-identifier', `/v2/book/${segment(bookUuid)}/business`),
  incomeSummary: (bookUuid: string) =>
    light('income-summary', `/v2/book/${segment(bookUuid)}/income/summary`),
  incomeCalculations: (bookUuid: string) =>
    light('income-calculations', `/v2/book/${segment(bookUuid)}/income-calculations`),
  bankStatementIncome: (bookUuid: string) =>
    light('bsic', `/v2/book/${segment(bookUuid)}/income/bank-statement-v2`),
  classificationSummary: (bookUuid: string) =>
    light('classification-summary', `/v2/book/${segment(bookUuid)}/classification-summary`),
  /** "Lender analytics", which one version of the rate limits names as heavy (docs/ocrolus.md#rate-limit). */
  workbook: (bookUuid: string): Call => ({
    ...heavy('lender-analytics-xlsx', `/v2/book/${segment(bookUuid)}/lender_analytics/xlsx`),
    isFile: true,
  }),
  documentFile: (docUuid: string): Call => ({
    ...light('document-download', '/v2/document/download', { doc_uuid: docUuid }),
    isFile: true,
  }),
  /** An image that the signals name. */
  visualization: (visualizationUuid: string): Call => ({
    ...light('signal-visualization', `/v2/detect/visualization/${segment(visualizationUuid)}`),
    isFile: true,
  }),
};

function asyncQuery(async: boolean): Record<string, string> | undefined {
  return async ? { async: 'true' } : undefined;
}

/** Subject of a call. */
type BookOrDocument = { readonly bookUuid: string; readonly docUuid: string | undefined };

const CALLS: Readonly<Record<ResultKind, (subject: BookOrDocument) => Call | undefined>> = {
  forms: ({ docUuid }) => (docUuid === undefined ? undefined : calls.documentForms(docUuid)),
  transactions: ({ bookUuid, docUuid }) =>
    docUuid === undefined ? undefined : calls.documentTransactions(bookUuid, docUuid),
  signals: ({ bookUuid }) => calls.bookSignals(bookUuid),
  paystubs: ({ bookUuid }) => calls.bookPayStubs(bookUuid),
  summary: ({ bookUuid }) => calls.bookSummary(bookUuid),
  'cash-flow': ({ bookUuid }) => calls.cashFlowFeatures(bookUuid),
  'enriched-transactions': ({ bookUuid }) => calls.enrichedTransactions(bookUuid),
  income: ({ bookUuid }) => calls.incomeCalculations(bookUuid),
  classification: ({ bookUuid }) => calls.classificationSummary(bookUuid),
  'suspicious-activity': ({ bookUuid }) => calls.suspiciousActivityFlags(bookUuid),
  'risk-score': ({ bookUuid }) => calls.riskScore(bookUuid),
  'bank-statement-income': ({ bookUuid }) => calls.bankStatementIncome(bookUuid),
  analytics: ({ bookUuid }) => calls.analytics({ bookUuid }),
  business: () => undefined,
  'business-history': ({ bookUuid }) => calls.businessOfBook(bookUuid),
  workbook: ({ bookUuid }) => calls.workbook(bookUuid),
  original: ({ docUuid }) => (docUuid === undefined ? undefined : calls.documentFile(docUuid)),
  visualizations: ({ bookUuid }) => calls.bookSignals(bookUuid),
};

/**
 * First call for a kind of result. @returns `undefined` for a kind of documents without a document, and for
 * businesses, whose ids are only in events.
 */
export function callOfKind(kind: ResultKind, subject: BookOrDocument): Call | undefined {
  return CALLS[kind](subject);
}

import {
  analytics,
  analyticsV1,
  bankStatementIncome,
  business,
  businessOfBook,
  income,
  incomeSummary,
  requestedAnalytics,
  suspiciousActivity,
} from './analytics.ts';
import type { Account, Book, Document, Kind } from './book.ts';
import { bookInfo, bookList, bookStatus, classification, forms, payStubs, transactions } from './books.ts';
import { bookSignals, documentSignals, NO_IMAGE, uploadNotFound, visualization } from './detect.ts';
import { original, workbook } from './files.ts';
import type { Family, Match, Model, Operation } from './model.ts';
import { FORBIDDEN, type Reply } from './reply.ts';
import { lacks } from './versions.ts';

type Row = readonly [
  name: string,
  path: string,
  family: Family,
  kind: Kind | undefined,
  answer: Operation['answer'],
];

const ROWS: readonly Row[] = [
  ['book-status', '/v1/book/status', 'v1', undefined, bookStatus],
  ['book-info', '/v1/book/info', 'v1', undefined, bookInfo],
  ['book-list', '/v1/books', 'account', undefined, bookList],
  ['doc-form-data', '/v1/document/forms/fields', 'document', 'forms', forms],
  ['transactions', '/v1/transaction', 'v1', 'transactions', transactions],
  ['book-paystub-data', '/v2/book/*/paystub', 'v1', 'paystubs', payStubs],
  ['classification-summary', '/v2/book/*/classification-summary', 'v1', 'classification', classification],
  ['analytics', '/v1/book/summary', 'v1', 'analytics', analyticsV1],
  ['async-analytics-result', '/v1/book/analytics/async/result', 'account', 'analytics', requestedAnalytics],
  ['Book-summary', '/v2/book/*/summary', 'analytics', 'summary', analytics],
  ['cash-flow-features', '/v2/book/*/cash_flow_features', 'analytics', 'cash-flow', analytics],
  ['enriched-transactions', '/v2/book/*/enriched_txns', 'analytics', 'enriched-transactions', analytics],
  ['risk-score', '/v2/book/*/cash_flow_risk_score', 'analytics', 'risk-score', analytics],
  ['async-job-status', '/v2/analytics/jobs/*', 'account', undefined, jobStatus],
  ['book-fraud-signals', '/v2/detect/book/*/signals', 'detect', 'signals', bookSignals],
  ['doc-fraud-signals', '/v2/detect/uploaded_doc/*/signals', 'signals', 'signals', documentSignals],
  // The documented path knows uploads only; this alias knows the parts of split uploads, too.
  ['doc-fraud-signals', '/v2/detect/document/*/signals', 'signals', 'signals', documentSignals],
  ['signal-visualization', '/v2/detect/visualization/*', 'signals', 'signals', visualization],
  [
    'suspicious-activity-flags',
    '/v1/book/*/suspicious-activity-flags',
    'v1',
    'suspicious-activity',
    suspiciousActivity,
  ],
  ['business-identifier', '/v2/book/*/business', 'v1', 'business-history', businessOfBook],
  ['retrieve-business', '/v2/book/*/business/*', 'v1', 'business', business],
  ['income-summary', '/v2/book/*/income/summary', 'income', 'income', incomeSummary],
  ['income-calculations', '/v2/book/*/income-calculations', 'income', 'income', income],
  ['bsic', '/v2/book/*/income/bank-statement-v2', 'income', 'bank-statement-income', bankStatementIncome],
  ['lender-analytics-xlsx', '/v2/book/*/lender_analytics/xlsx', 'v1', 'workbook', workbook],
  ['document-download', '/v2/document/download', 'upload', 'original', original],
];

/** Those with a limit of 1/s. */
const HEAVY = new Set([
  'analytics',
  'Book-summary',
  'cash-flow-features',
  'risk-score',
  'lender-analytics-xlsx',
]);

const BY_PATH = new Map<string, Operation>();
const BY_NAME = new Map<string, Operation>();
for (const [name, path, family, kind, answer] of ROWS) {
  const operation = { name, path, family, kind, answer, isHeavy: HEAVY.has(name) };
  BY_PATH.set(path, operation);
  if (!BY_NAME.has(name)) BY_NAME.set(name, operation);
}

/** @throws Error for an unknown one. */
export function operationOf(name: string): Operation {
  const found = BY_NAME.get(name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

interface Target {
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly account: Account;
  readonly isCall: boolean;
}

const ID = /(?<=\/(?:book|uploaded_doc|document|visualization|jobs|business)\/)[^/]+/g;

/** Finds the operation of a path, and the ids in the path. @returns `undefined` for none. */
export function findOperation(path: string) {
  const operation = BY_PATH.get(path) ?? BY_PATH.get(path.replace(ID, '*'));
  if (operation === undefined) return undefined;
  const ids: readonly string[] = operation.path.includes('*') ? (path.match(ID) ?? []) : [];
  return { operation, ids };
}

/** Finds the operation of a path, and the book, document or id that it is about. @returns `undefined` for none. */
export function findCall(model: Model, { path, query, account, isCall }: Target): Match | undefined {
  const found = findOperation(path);
  if (found === undefined) return undefined;
  const { operation } = found;
  const { book, document, id } = subjectOf(model, found, query);
  return { model, operation, account, book, document, id: id ?? '', query, now: model.now(), isCall };
}

interface Subject {
  readonly book?: Book | undefined;
  readonly document?: Document | undefined;
  readonly id: string | null | undefined;
}

function subjectOf(
  { registry }: Model,
  { operation, ids }: NonNullable<ReturnType<typeof findOperation>>,
  query: URLSearchParams,
): Subject {
  const { booksByUuid, booksByPk, documents } = registry;
  const [first, last = first] = ids;
  switch (operation.family) {
    case 'account':
      return { id: first ?? query.get('analytics_request_id') };
    case 'document': {
      // The `doc_uuid` of a part of a split upload is not its uuid in Book status.
      const uuid = query.get('doc_uuid');
      const id = uuid ?? query.get('pk');
      const document = documents.get(id ?? '');
      return { id, document: uuid === null || document?.docUuid === uuid ? document : undefined };
    }
    case 'upload': {
      const id = query.get('doc_uuid');
      const document = documents.get(id ?? '');
      return { id, document: document?.uuid === id ? document : undefined };
    }
    case 'signals': {
      const document = documents.get(first ?? '');
      const isAlias = operation.path.includes('/document/');
      return { id: first, document: isAlias || document?.uuid === first ? document : undefined };
    }
    default: {
      if (first !== undefined) return { id: last, book: booksByUuid.get(first) };
      const uuid = query.get('book_uuid');
      const pk = query.get('book_pk') ?? query.get('pk');
      const book = uuid === null ? booksByPk.get(pk ?? '') : booksByUuid.get(uuid);
      const documentId = query.get('uploaded_doc_uuid');
      return { id: documentId ?? uuid ?? pk, book, document: documents.get(documentId ?? '') };
    }
  }
}

function jobStatus({ model, id, account }: Match): Reply {
  return model.jobs.status(id, account);
}

export function answerCall(match: Match): Reply {
  return refusalOf(match) ?? match.operation.answer(match);
}

/** Refuses what the account may not see and what does not exist. @returns `undefined` for everything else. */
export function refusalOf(match: Match): Reply | undefined {
  const { account, operation, query } = match;
  if (Number(query.get('limit') ?? 0) > (account.habits.mostRows ?? Number.POSITIVE_INFINITY))
    return account.refusals.tooManyRows;
  const refused = familyRefusal(match);
  if (refused !== undefined) return refused;
  if (operation.kind === undefined) return undefined;
  const book = match.book ?? match.document?.book;
  const isLacking = book === undefined ? account.without.has(operation.kind) : lacks(book, operation.kind);
  return isLacking ? FORBIDDEN : undefined;
}

/** Answer of each family of calls for an unknown object, and for one of another account. */
const SPELLINGS = {
  v1: ['bookNotFound', 'bookForbidden'],
  analytics: ['analyticsNotFound', 'analyticsForbidden'],
  income: ['incomeNotFound', 'analyticsForbidden'],
  detect: ['detectBookNotFound', 'detectForbidden'],
  document: ['documentNotFound', 'documentForbidden'],
  upload: ['documentNotFound', 'documentForbidden'],
} as const;

function familyRefusal(match: Match): Reply | undefined {
  const { refusals } = match.account;
  const { family } = match.operation;
  if (family === 'account') return undefined;
  if (family === 'signals') {
    const isImage = match.operation.name === 'signal-visualization';
    return documentRefusal(match, isImage ? NO_IMAGE : uploadNotFound(match.id), refusals.detectForbidden);
  }
  if (match.id === '') return refusals.missing;
  const [notFound, forbidden] = SPELLINGS[family];
  if (family === 'document' || family === 'upload')
    return documentRefusal(match, refusals[notFound], refusals[forbidden]);
  return bookRefusal(match, refusals[notFound], refusals[forbidden]) ?? documentOfBook(match);
}

/** Another account's book is either forbidden or not found. A deleted book is known to Book status only. */
function bookRefusal(
  { book, account, now, operation }: Match,
  notFound: Reply,
  forbidden: Reply,
): Reply | undefined {
  if (book === undefined || now < book.visibleFrom) return notFound;
  if (book.account !== account) return book.hash % 2 === 0 ? forbidden : notFound;
  const isGone = now >= book.vanishesAt || (book.status === 'DELETED' && operation.name !== 'book-status');
  return isGone ? notFound : undefined;
}

function documentRefusal(
  { document, account, now }: Match,
  notFound: Reply,
  forbidden: Reply,
): Reply | undefined {
  if (document === undefined || now < document.knownFrom) return notFound;
  const { book, status, isListed } = document;
  if (book.account !== account) return book.hash % 2 === 0 ? forbidden : notFound;
  const isGone = !isListed || status === 'DELETED' || book.status === 'DELETED' || now < book.visibleFrom;
  return isGone ? notFound : undefined;
}

/** Checks the document of a call that names both a book and a document. */
function documentOfBook(match: Match): Reply | undefined {
  const { document, book, account, query } = match;
  if (!query.has('uploaded_doc_uuid')) return undefined;
  const { documentNotFound, documentForbidden } = account.refusals;
  if (document !== undefined && document.book !== book) return documentNotFound;
  return documentRefusal(match, documentNotFound, documentForbidden);
}

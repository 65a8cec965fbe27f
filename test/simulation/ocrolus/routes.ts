import { uploadNotFound } from './detect.ts';
import { type Match, parameter } from './model-context.ts';
import type { Operation } from './operations.ts';
import * as operations from './operations.ts';
import { FORBIDDEN } from './refusals.ts';
import type { Reply } from './reply.ts';

const UUID_LENGTH = 36;
const V2_BOOK = '/v2/book/';
const V1_BOOK = '/v1/book/';
const DETECT_BOOK = '/v2/detect/book/';
const UPLOAD = '/v2/detect/uploaded_doc/';
const DOCUMENT = '/v2/detect/document/';
const JOB = '/v2/analytics/jobs/';
const BUSINESS = '/business/';

const BOOK_PATHS: Readonly<Record<string, Operation>> = {
  '/summary': operations.SUMMARY,
  '/cash_flow_features': operations.CASH_FLOW,
  '/enriched_txns': operations.ENRICHED,
  '/cash_flow_risk_score': operations.RISK_SCORE,
  '/classification-summary': operations.CLASSIFICATION,
  '/income/summary': operations.INCOME_SUMMARY,
  '/income-calculations': operations.INCOME,
  '/income/bank-statement-v2': operations.BANK_INCOME,
  '/paystub': operations.PAYSTUBS,
};

/** Finds the operation of a path, and puts the book, document or id that it names into `match`. */
export function findOperation(path: string, match: Match): Operation | undefined {
  match.book = undefined;
  match.document = undefined;
  match.id = '';
  switch (path) {
    case '/v1/book/status':
      bookInQuery(match, 'pk');
      return operations.BOOK_STATUS;
    case '/v1/books':
      return operations.BOOK_LIST;
    case '/v1/document/forms/fields':
      documentByOwnUuid(match);
      return operations.FORMS;
    case '/v1/transaction':
      bookInQuery(match, 'book_pk');
      documentBy(match, parameter(match.query, 'uploaded_doc_uuid'));
      return operations.DOCUMENT_TRANSACTIONS;
    case '/v1/book/summary':
      bookInQuery(match, 'pk');
      return operations.ANALYTICS_V1;
    case '/v1/book/analytics/async/result':
      match.id = parameter(match.query, 'analytics_request_id') ?? '';
      return operations.ASYNC_RESULT;
    default:
      return findByPrefix(path, match);
  }
}

function findByPrefix(path: string, match: Match): Operation | undefined {
  const { registry } = match.context;
  if (path.startsWith(V2_BOOK)) {
    const end = V2_BOOK.length + UUID_LENGTH;
    match.id = path.slice(V2_BOOK.length, end);
    match.book = registry.booksByUuid.get(match.id);
    const rest = path.slice(end);
    if (!rest.startsWith(BUSINESS)) return BOOK_PATHS[rest];
    match.id = rest.slice(BUSINESS.length);
    return operations.BUSINESS;
  }
  if (path.startsWith(UPLOAD)) return signalsPath(path, UPLOAD, match);
  if (path.startsWith(DOCUMENT)) return signalsPath(path, DOCUMENT, match);
  if (path.startsWith(DETECT_BOOK) && path.endsWith('/signals')) {
    match.id = path.slice(DETECT_BOOK.length, DETECT_BOOK.length + UUID_LENGTH);
    match.book = registry.booksByUuid.get(match.id);
    return operations.BOOK_SIGNALS;
  }
  if (path.startsWith(JOB)) {
    match.id = path.slice(JOB.length);
    return operations.JOB_STATUS;
  }
  if (path.startsWith(V1_BOOK) && path.endsWith('/suspicious-activity-flags')) {
    match.id = path.slice(V1_BOOK.length, V1_BOOK.length + UUID_LENGTH);
    match.book = registry.booksByUuid.get(match.id);
    return operations.SUSPICIOUS;
  }
  return undefined;
}

/** The documented path knows uploads only; the alias knows the parts of split uploads, too. */
function signalsPath(path: string, prefix: string, match: Match): Operation | undefined {
  if (!path.endsWith('/signals')) return undefined;
  documentBy(match, path.slice(prefix.length, -'/signals'.length));
  if (prefix === UPLOAD && match.document?.uuid !== match.id) match.document = undefined;
  return operations.DOCUMENT_SIGNALS;
}

function bookInQuery(match: Match, pkName: string): void {
  const { registry } = match.context;
  const uuid = parameter(match.query, 'book_uuid');
  match.id = uuid ?? parameter(match.query, pkName) ?? '';
  match.book = uuid === undefined ? registry.booksByPk.get(match.id) : registry.booksByUuid.get(uuid);
}

function documentBy(match: Match, id: string | undefined): void {
  if (id === undefined) return;
  match.id = id;
  match.document = match.context.registry.documents.get(id);
}

/** Forms: by the `doc_uuid`, which is not the uuid of Book status for a part of a split upload, or by the pk. */
function documentByOwnUuid(match: Match): void {
  const uuid = parameter(match.query, 'doc_uuid');
  documentBy(match, uuid ?? parameter(match.query, 'pk'));
  if (uuid !== undefined && match.document?.docUuid !== uuid) match.document = undefined;
}

/** The answer of an operation to the account of `match`: first what it may not see, then what there is. */
export function answerMatch(operation: Operation, match: Match): Reply {
  const refused = refusalOf(operation, match);
  if (refused !== undefined) return refused;
  const { kind } = operation;
  if (kind !== undefined && match.account.disabled.has(kind)) return FORBIDDEN;
  return operation.answer(match);
}

function refusalOf(operation: Operation, match: Match): Reply | undefined {
  const { refusals } = match.account;
  switch (operation.family) {
    case 'account':
      return undefined;
    case 'v1':
      if (match.id === '') return refusals.missing;
      return (
        bookRefusal(match, operation, refusals.bookNotFound, refusals.bookForbidden) ??
        (operation === operations.DOCUMENT_TRANSACTIONS ? documentOfBook(match) : undefined)
      );
    case 'analytics':
      return bookRefusal(match, operation, refusals.analyticsNotFound, refusals.analyticsForbidden);
    case 'income':
      return bookRefusal(match, operation, refusals.incomeNotFound, refusals.analyticsForbidden);
    case 'detect':
      return bookRefusal(match, operation, refusals.detectBookNotFound, refusals.detectForbidden);
    case 'document':
      if (match.id === '') return refusals.missing;
      return documentRefusal(match, refusals.documentNotFound, refusals.documentForbidden);
    case 'signals':
      return documentRefusal(match, uploadNotFound(match.id), refusals.detectForbidden);
  }
}

/** Another account's book is either forbidden or not found. A deleted book is known to Book status only. */
function bookRefusal(
  match: Match,
  operation: Operation,
  notFound: Reply,
  forbidden: Reply,
): Reply | undefined {
  const { book, account, now } = match;
  if (book === undefined || now < book.visibleFrom || isHidden(match)) return notFound;
  if (book.account !== account) return book.hash % 2 === 0 ? forbidden : notFound;
  if (now >= book.vanishesAt) return notFound;
  if (book.status === 'DELETED' && operation !== operations.BOOK_STATUS) return notFound;
  return undefined;
}

/** As the account sees it, there are no books at present. */
function isHidden({ account: { hidden }, now, isCall }: Match): boolean {
  return isCall && hidden.some(({ from, until }) => now >= from && now < until);
}

function documentRefusal(match: Match, notFound: Reply, forbidden: Reply): Reply | undefined {
  const { document, account, now } = match;
  if (document === undefined || isHidden(match) || now < document.knownFrom) return notFound;
  const { book, status } = document;
  if (book.account !== account) return book.hash % 2 === 0 ? forbidden : notFound;
  const isGone =
    !document.listed || status === 'DELETED' || book.status === 'DELETED' || now < book.visibleFrom;
  return isGone ? notFound : undefined;
}

function documentOfBook(match: Match): Reply | undefined {
  const { document, book, account } = match;
  if (document === undefined && parameter(match.query, 'uploaded_doc_uuid') === undefined) return undefined;
  const { documentNotFound, documentForbidden } = account.refusals;
  if (document !== undefined && document.book !== book) return documentNotFound;
  return documentRefusal(match, documentNotFound, documentForbidden);
}

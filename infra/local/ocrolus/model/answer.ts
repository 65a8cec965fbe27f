import type { Book } from './book.ts';
import { findCall } from './calls.ts';
import { uploadNotFound } from './detect.ts';
import type { Match, Model } from './model.ts';
import { FORBIDDEN } from './refusals.ts';
import type { Reply } from './reply.ts';

/** Answers a call, with what `intervene` makes of it. */
export function answerCall(match: Match): Reply {
  const { intervene } = match.model;
  return intervene === undefined ? documentedAnswer(match) : intervene(match, documentedAnswer);
}

export function documentedAnswer(match: Match): Reply {
  return refusalOf(match) ?? match.operation.answer(match);
}

/** Refuses what the account may not see and what does not exist. @returns `undefined` for everything else. */
export function refusalOf(match: Match): Reply | undefined {
  const { account, operation } = match;
  const refused = familyRefusal(match);
  if (refused !== undefined) return refused;
  return operation.kind !== undefined && account.without.has(operation.kind) ? FORBIDDEN : undefined;
}

/** What each family answers where there is nothing, and where it belongs to another account. */
const SPELLINGS = {
  v1: ['bookNotFound', 'bookForbidden'],
  analytics: ['analyticsNotFound', 'analyticsForbidden'],
  income: ['incomeNotFound', 'analyticsForbidden'],
  detect: ['detectBookNotFound', 'detectForbidden'],
  document: ['documentNotFound', 'documentForbidden'],
} as const;

function familyRefusal(match: Match): Reply | undefined {
  const { refusals } = match.account;
  const { family } = match.operation;
  if (family === 'account') return undefined;
  if (family === 'signals') return documentRefusal(match, uploadNotFound(match.id), refusals.detectForbidden);
  if (match.id === '') return refusals.missing;
  const [notFound, forbidden] = SPELLINGS[family];
  if (family === 'document') return documentRefusal(match, refusals[notFound], refusals[forbidden]);
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

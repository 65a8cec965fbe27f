import { analyticsBody, enrichedBody, failedJobs, jobBody } from './analytics.ts';
import type { Book, Change, Document } from './book.ts';
import { digestOf, isHopeless } from './book-state.ts';
import { signalsText } from './detect.ts';
import type { Match, ModelContext } from './model-context.ts';
import type { Kind } from './profile.ts';
import type { Reply, ReplyState } from './reply.ts';
import { callOf, type ResultCall, resultsOf } from './result-calls.ts';
import { answerMatch, findOperation } from './routes.ts';
import type { BookOutline, BookTruth, ChangeTruth, DocumentTruth, ResultTruth } from './truth-types.ts';

/** What Ocrolus answers about a book now, were there no tokens, faults or limits; changes nothing. */
export function truthOf(context: ModelContext, book: Book): BookTruth {
  const { uuid, pk, account, name, bookClass, status, createdAt, changedAt, version, analytics } = book;
  const { verifiedAt, visibleFrom } = book;
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
    verifiedAt,
    visibleFrom,
    version,
    rows: analytics.rows,
    documents: [...book.documents.map(documentTruth), ...mixedTruths(book)],
    results: status === 'DELETED' ? [] : resultTruths(context, book),
  };
}

export function outlineOf(book: Book): BookOutline {
  const { status, bookClass, createdAt, changedAt, visibleFrom, listedFrom, isClassified, working } = book;
  const behind = { since: book.shownSince, until: book.shownUntil };
  const isClassifiedOnly = bookClass === 'INSTANT_CLASSIFY_ONLY' && isClassified && working === 0;
  const isEnded = status === 'VERIFIED' || isClassifiedOnly;
  const documentCount = book.documents.length;
  return { status, bookClass, createdAt, changedAt, visibleFrom, isEnded, listedFrom, documentCount, behind };
}

export function documentTruth(document: Document): DocumentTruth {
  const { uuid, pk, docUuid, name, status, statusAt, listed, detect, revision, imageGroup } = document;
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
    detectBefore: {
      wasPending: document.detectBefore === 'PENDING',
      wasAbsent: document.detectBefore === 'ABSENT',
    },
    revision,
    analysis,
    statusAt,
    imageGroup: imageGroup?.uuid,
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
    detectBefore: { wasPending: false, wasAbsent: true },
    revision: 0,
    analysis: '',
    statusAt: book.changedAt,
    imageGroup: undefined,
  }));
}

function resultTruths(context: ModelContext, book: Book): ResultTruth[] {
  return [...resultsOf(book)].flatMap(([kind, subject]) => resultTruth(context, book, kind, subject) ?? []);
}

/** @returns `undefined` where Ocrolus knows no such result of the book. */
export function resultTruth(
  context: ModelContext,
  book: Book,
  kind: Kind,
  subject: string,
): ResultTruth | undefined {
  const call = callOf(context, book, kind, subject);
  if (call === undefined) return undefined;
  const { target, operation, revision, changedAt, change } = call;
  const match = matchFor(context, book, target);
  const answer = answerTarget(target, match);
  const state = settledState(answer, book);
  const job = jobBodyOf(match, book, kind);
  const known = { kind, subject, operation: operation.name, target, state, answer, jobBody: job };
  const history = {
    revision,
    changedAt,
    change: changeTruth(book, kind, subject, change),
    availableFrom: availableFrom(book, kind, subject, call),
    permanentUntil: ANALYTICS.has(kind) ? book.passedAt : 0,
    failedJobs: failedJobs(book, kind),
  };
  if (state === 'asynchronous') return { ...known, ...history, body: job };
  if (state !== 'available') return { ...known, ...history, body: undefined };
  const body = answer.state === 'slow' ? analyticsBody(match, book, kind) : answer.body;
  return { ...known, ...history, body };
}

/** Answered with 1404 while a document of the book is in progress. */
const OF_FINISHED_BOOKS = new Set<Kind>(['paystubs', 'analytics']);

function availableFrom(book: Book, kind: Kind, subject: string, { changedAt, change }: ResultCall): number {
  const { account, documents, idleAt, visibleFrom } = book;
  const waitsForBook =
    OF_FINISHED_BOOKS.has(kind) ||
    (kind === 'transactions' && account.profile.transactionsWaitForBook === true);
  const document = OF_PARTS.has(kind) ? documents.find(({ uuid }) => uuid === subject) : undefined;
  const { knownFrom = 0, resultsFrom = 0 } = document ?? {};
  const readFrom = Math.max(knownFrom, OF_DOCUMENTS.has(kind) ? resultsFrom : 0);
  const wasMissing = change.since < changedAt;
  return Math.max(
    visibleFrom,
    readFrom,
    book.passedAt,
    wasMissing ? changedAt : 0,
    waitsForBook ? idleAt : 0,
  );
}

/** What a reader of Book status could have seen of a change. */
function changeTruth(book: Book, kind: Kind, subject: string, { since, isShown, left }: Change): ChangeTruth {
  if (left === undefined) return { since, isShown, awayMs: 0 };
  const document = OF_DOCUMENTS.has(kind) ? book.documents.find(({ uuid }) => uuid === subject) : undefined;
  const digest = document?.status ?? digestOf(book);
  const backAt = document?.statusAt ?? book.verifiedAt;
  return { since, isShown: digest !== left.digest, awayMs: Math.max(0, backAt - left.at) };
}

const OF_DOCUMENTS = new Set<Kind>(['forms', 'transactions']);
const OF_PARTS = new Set<Kind>([...OF_DOCUMENTS, 'signals']);
const ANALYTICS = new Set<Kind>(['summary', 'cash-flow', 'enriched-transactions', 'risk-score']);

const JOB_KINDS: ReadonlySet<Kind> = new Set(['summary', 'cash-flow', 'enriched-transactions', 'risk-score']);

function jobBodyOf(match: Match, book: Book, kind: Kind): string | undefined {
  const { analytics, analyticsFate } = book;
  const hasJobs = JOB_KINDS.has(kind) && analytics.ready && analytics.rows > 0 && !isBlocked(book);
  if (!hasJobs || analyticsFate === 'too-large' || analyticsFate === 'unsupported') return undefined;
  return jobBody(match, book, kind);
}

function isBlocked({ analyticsFate, passedAt }: Book): boolean {
  return analyticsFate === 'passing' && passedAt === 0;
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

import type {
  Book,
  Document,
  DocumentStatus,
  Kind,
  Mixed,
  Versioned,
} from '../../../infra/local/ocrolus/model/book.ts';
import { signalsText } from '../../../infra/local/ocrolus/model/detect.ts';
import { isCaptureOver, isClassifying } from '../../../infra/local/ocrolus/model/versions.ts';
import {
  type BookScript,
  type Change,
  digestOf,
  type ScriptContext,
  scriptOf,
  signalsChange,
  UNCHANGED,
} from './life/script.ts';
import { failedJobs, isPermanentlyRefused, oddAnswer } from './oddities.ts';
import { type ResultTruth as ModelTruth, peek, resultOf, resultsOf, sourceOf } from './results.ts';

export interface DocumentTruth
  extends Pick<
    Document,
    'uuid' | 'docUuid' | 'pk' | 'name' | 'detect' | 'detectBefore' | 'revision' | 'statusAt'
  > {
  readonly status: DocumentStatus;
  /** Rejected documents have one in Book status. */
  readonly rejectionReason: string | undefined;
  readonly listed: boolean;
  /** As Book status shows it, if it does. */
  readonly documentClass: string | undefined;
  /** The split upload itself, which has a status and no results. */
  readonly isMixed: boolean;
  /** The document's part of Detect's answers, the same text in its own and in the book's; empty where they omit it. */
  readonly analysis: string;
  /** The uuid of the image group that it belongs to. */
  readonly imageGroup: string | undefined;
}

/** The latest change of a result. */
export interface ChangeTruth {
  /** Unix milliseconds: from then on, no call was answered with an older body. 0: there was none. */
  readonly since: number;
  /** Book status differs from what it showed until then. */
  readonly isShown: boolean;
  /** For how long Book status showed that the book or document was at work again. */
  readonly awayMs: number;
}

/** A result with the oddities of its book. `slow` is resolved to the answer of the next call or of a job. */
export interface ResultTruth extends ModelTruth {
  readonly change: ChangeTruth;
  /** Unix milliseconds: a call before that was answered "not yet", or refused. */
  readonly availableFrom: number;
  /** Unix milliseconds: until then it was answered with a permanent code; 0 for never. */
  readonly permanentUntil: number;
  /** How many jobs for it have failed; 0 once one that does not fail was started. */
  readonly failedJobs: number;
}

/** The cheap part of the truth about a book. */
export interface BookOutline
  extends Pick<Book, 'status' | 'bookClass' | 'createdAt' | 'changedAt' | 'visibleFrom'> {
  /** Capture has ended. */
  readonly isEnded: boolean;
  /** Unix milliseconds: since when Book list has it. */
  readonly listedFrom: number;
  /** Documents that were uploaded, listed or not. */
  readonly documentCount: number;
  /** Unix milliseconds: until then, Book status shows nothing that has changed since then. */
  readonly behind: { readonly since: number; readonly until: number };
}

export interface BookTruth extends BookOutline {
  readonly bookUuid: string;
  readonly bookPk: string;
  readonly account: string;
  readonly name: string;
  /** Book status finds it; a deleted book may no longer be found. */
  readonly found: boolean;
  /** Counts up whenever Book status changes. */
  readonly version: number;
  /** Rows of enriched transactions. */
  readonly rows: number;
  /** Including those that are no longer listed. */
  readonly documents: readonly DocumentTruth[];
  readonly results: readonly ResultTruth[];
}

/** Everything that Ocrolus answers about a book now, without tokens, faults or limits. It changes nothing. */
export function truthOf(context: ScriptContext, book: Book): BookTruth {
  const { uuid, pk, name, status, version, analytics, vanishesAt } = book;
  return {
    ...outlineOf(scriptOf(context, book)),
    bookUuid: uuid,
    bookPk: pk,
    account: book.account.name,
    name,
    found: context.model.now() < vanishesAt,
    version,
    rows: analytics.rows,
    documents: [...book.documents.map(documentTruth), ...book.mixed.map((mixed) => mixedTruth(book, mixed))],
    results: status === 'DELETED' ? [] : resultTruths(context, book),
  };
}

export function outlineOf({ book, listedFrom, shownSince, shownUntil }: BookScript): BookOutline {
  const { status, bookClass, createdAt, changedAt, visibleFrom, documents } = book;
  const isEnded = isCaptureOver(book);
  const documentCount = documents.length;
  const behind = { since: shownSince, until: shownUntil };
  return { status, bookClass, createdAt, changedAt, visibleFrom, isEnded, listedFrom, documentCount, behind };
}

export function documentTruth(document: Document): DocumentTruth {
  const { uuid, pk, docUuid, name, status, statusAt, detect, detectBefore, revision } = document;
  return {
    ...{ uuid, pk, docUuid, name, status, statusAt, detect, detectBefore, revision },
    rejectionReason: status === 'REJECTED' ? document.rejectionReason : undefined,
    listed: document.isListed,
    documentClass:
      document.book.account.habits.showsDocumentClass === true ? document.documentClass : undefined,
    isMixed: false,
    analysis: signalsText(document),
    imageGroup: document.imageGroup?.uuid,
  };
}

function mixedTruth(book: Book, { uuid, pk, name, status }: Mixed): DocumentTruth {
  return {
    ...{ uuid, pk, docUuid: uuid, name, status, statusAt: book.changedAt },
    ...{ detect: 'ABSENT', detectBefore: 'ABSENT', revision: 0 },
    rejectionReason: status === 'REJECTED' ? 'INVALID DOCUMENT' : undefined,
    listed: true,
    documentClass: undefined,
    isMixed: true,
    analysis: '',
    imageGroup: undefined,
  };
}

function resultTruths(context: ScriptContext, book: Book): ResultTruth[] {
  return [...resultsOf(book)].flatMap(([kind, subject]) => resultTruth(context, book, kind, subject) ?? []);
}

/** @returns `undefined` where Ocrolus knows no such result of the book. */
export function resultTruth(
  context: ScriptContext,
  book: Book,
  kind: Kind,
  subject: string,
): ResultTruth | undefined {
  const { model, changes } = context;
  const documented = resultOf(model, book, kind, subject);
  const source = sourceOf(model, book, kind, subject);
  if (documented === undefined || source === undefined) return undefined;
  const script = scriptOf(context, book);
  const change =
    kind === 'signals' ? signalsChange(source.result) : (changes.get(source.result) ?? UNCHANGED);
  return {
    ...(ANALYTICS.has(kind) ? oddTruth(script, documented) : documented),
    change: changeTruth(book, kind, subject, change),
    availableFrom: availableFrom(script, kind, subject, { ...source.result, change }),
    permanentUntil: ANALYTICS.has(kind) ? script.passedAt : 0,
    failedJobs: failedJobs(script, kind),
  };
}

const ANALYTICS = new Set<Kind>(['summary', 'cash-flow', 'enriched-transactions', 'risk-score']);

/** The truth about analytics with the oddity of the book: none, those of a job, or none at first. */
function oddTruth(script: BookScript, documented: ModelTruth): ModelTruth {
  const { book, context, oddity } = script;
  if (oddity === 'none') return documented;
  const answer = peek(context.model, book, documented.target, (match) => oddAnswer(context, match));
  const jobBody = isPermanentlyRefused(script) ? undefined : documented.jobBody;
  if (answer.state === 'slow' && oddity === 'slow-forever')
    return { ...documented, answer, jobBody, state: 'asynchronous', body: jobBody };
  if (answer.state === documented.state || answer.state === 'slow') return { ...documented, answer, jobBody };
  if (answer.state !== 'unavailable') return { ...documented, jobBody };
  return { ...documented, answer, jobBody, state: 'unavailable', body: undefined };
}

/** Answered with 1404 while a document of the book is in progress. */
const OF_FINISHED_BOOKS = new Set<Kind>(['paystubs', 'analytics']);
const OF_DOCUMENTS = new Set<Kind>(['forms', 'transactions']);
const OF_PARTS = new Set<Kind>([...OF_DOCUMENTS, 'original', 'signals']);

function availableFrom(
  { book, passedAt }: BookScript,
  kind: Kind,
  subject: string,
  { changedAt, change }: Versioned & { readonly change: Change },
): number {
  const { account, documents, idleAt, visibleFrom } = book;
  const waitsForBook =
    OF_FINISHED_BOOKS.has(kind) ||
    (kind === 'transactions' && account.habits.transactionsWaitForBook === true);
  const document = OF_PARTS.has(kind) ? documents.find(({ uuid }) => uuid === subject) : undefined;
  const { knownFrom = 0, resultsFrom = 0 } = document ?? {};
  const readFrom = Math.max(knownFrom, OF_DOCUMENTS.has(kind) ? resultsFrom : 0);
  const wasMissing = change.since < changedAt;
  return Math.max(visibleFrom, readFrom, passedAt, wasMissing ? changedAt : 0, waitsForBook ? idleAt : 0);
}

/** The part of a change that a reader of Book status could have seen. */
function changeTruth(book: Book, kind: Kind, subject: string, { since, isShown, left }: Change): ChangeTruth {
  if (left === undefined) return { since, isShown, awayMs: 0 };
  const document = OF_DOCUMENTS.has(kind) ? book.documents.find(({ uuid }) => uuid === subject) : undefined;
  const digest = document?.status ?? digestOf(book);
  const backAt = document?.statusAt ?? Math.max(book.verifiedAt, isClassifying(book) ? book.idleAt : 0);
  return { since, isShown: digest !== left.digest, awayMs: Math.max(0, backAt - left.at) };
}

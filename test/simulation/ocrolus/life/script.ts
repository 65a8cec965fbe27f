import type { Account, Book, Document, Kind, Versioned } from '../../../../infra/local/ocrolus/model/book.ts';
import type { Model } from '../../../../infra/local/ocrolus/model/model.ts';
import { isCaptureOver } from '../../../../infra/local/ocrolus/model/versions.ts';
import type { Profile, Shares } from '../profile.ts';
import type { Random } from '../random.ts';

/** One announcement; loss, duplication and delay are up to the caller. */
export interface SimulatedDelivery {
  readonly account: string;
  readonly eventName: string;
  readonly body: string;
  /** The book that the event is about, whether or not the body has its id. */
  readonly bookUuid?: string;
  /** The document, business or analytics request that it is about; else it is the book. */
  readonly subject?: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** A verified book, or a finished document, that goes back to work. */
interface Left {
  /** Unix milliseconds. */
  readonly at: number;
  /** The part of Book status that decides about results: `digestOf`, or the status of a document. */
  readonly digest: string;
}

/** The latest change of a result. */
export interface Change {
  /** Unix milliseconds: from then on, no call was answered with an older body. */
  readonly since: number;
  /** Book status was different at the same moment. */
  readonly isShown: boolean;
  /** The book or document went back to work: what it had looked like. */
  readonly left: Left | undefined;
}

/** Shared by the scripts of all books. */
export interface ScriptContext {
  readonly model: Model;
  readonly profile: Profile;
  /** For decisions about no book. */
  readonly random: Random;
  readonly schedule: (atMs: number, work: () => void) => void;
  readonly deliver: (delivery: SimulatedDelivery) => void;
  /** Unix milliseconds: no reopening, upgrade or deletion begins from then on. */
  readonly changesUntil: number;
  /** The account is answered at present that there are no books. */
  readonly isHidden: (account: Account) => boolean;
  /** Called at the end of each capture. */
  readonly onVerified: (script: BookScript) => void;
  readonly scripts: Map<Book, BookScript>;
  /** The latest change of each result. */
  readonly changes: WeakMap<Versioned, Change>;
  /** The last primary key, without what is added to large ones. */
  lastPk: number;
}

/**
 * `failing`: as `large`, and the first jobs fail. `passing`: a permanent code at first.
 * `slow`: 9001 to the first synchronous call of each kind; `slow-forever`: to all of them.
 */
export type AnalyticsOddity = 'none' | 'failing' | 'passing' | 'slow' | 'slow-forever' | 'unsupported';

/** What is drawn of a book before anything happens to it. */
interface DrawnBook {
  readonly context: ScriptContext;
  readonly book: Book;
  /** No book's course depends on what happens to others. */
  readonly random: Random;
  readonly shares: Shares;
  /** Unix milliseconds: before this, Book list does not show it. */
  readonly listedFrom: number;
  readonly oddity: AnalyticsOddity;
}

/** The state of a book's course. */
const begin = () => ({
  /** Unix milliseconds: the end of the permanent answer to a `passing` book; 0 until then. */
  passedAt: 0,
  /** Number of jobs of each kind that a `failing` book has started. */
  startedJobs: new Map<Kind, number>(),
  /** Kinds that have been answered with 9001 since the last computation. */
  slowAnswered: new Set<Kind>(),
  /** The last answer of Book status, and until when it is repeated, whatever has changed since. */
  shownText: undefined as string | undefined,
  shownSince: 0,
  shownUntil: 0,
  /** Since its last lag, it has shown what it is. */
  wasShown: false,
  wasVerified: false,
  /** The turn in which capture has ended last. */
  endedTurn: 0,
  /** Counts up when the book goes back to work: analytics started before are dropped. */
  turn: 0,
  completedTurn: 0,
  detectedTurn: 0,
  /** Detect runs in progress, and the latest of each document. */
  detecting: 0,
  detectRuns: new Map<Document, object>(),
  /** The last time that the book went back to work; the same for its analytics and documents until they change. */
  left: undefined as Left | undefined,
  analyticsLeft: undefined as Left | undefined,
  documentsLeft: new Map<Document, Left>(),
});

/** The course of one book. Its own generator decides what happens, and when. */
export interface BookScript extends DrawnBook, ReturnType<typeof begin> {}

export function beginScript(drawn: DrawnBook): BookScript {
  const script = { ...drawn, ...begin() };
  drawn.context.scripts.set(drawn.book, script);
  return script;
}

/** Does something with a book later, unless the book is deleted by then. */
export function after({ context, book }: BookScript, milliseconds: number, work: () => void): void {
  context.schedule(context.model.now() + milliseconds, () => {
    if (book.status !== 'DELETED') work();
  });
}

/** @throws Error for a book without a script. */
export function scriptOf({ scripts }: ScriptContext, book: Book): BookScript {
  const script = scripts.get(book);
  if (script === undefined) throw new Error(`no script for ${book.uuid}`);
  return script;
}

export const UNCHANGED: Change = { since: 0, isShown: true, left: undefined };

/** The part of Book status that decides which results a book has. */
export function digestOf({ bookClass, documents, mixed, account }: Book): string {
  const classOf = ({ documentClass }: Document) =>
    account.habits.showsDocumentClass === true ? (documentClass ?? bookClass) : '';
  const listed = documents.filter(({ isListed }) => isListed);
  const lines = listed.map((document) => `${document.uuid} ${document.status} ${classOf(document)}`);
  return [bookClass, ...lines, ...mixed.map(({ uuid, status }) => `${uuid} ${status}`)].join('\n');
}

/** Call it before a change that lets a book go back to work. */
export function recordLeaving(script: BookScript): void {
  const { book, context } = script;
  if (!isCaptureOver(book)) return;
  script.left = { at: context.model.now(), digest: digestOf(book) };
  if (book.analytics.isReady) script.analyticsLeft = script.left;
}

/** The change of Detect's answers. Book status shows the first one only. */
export function signalsChange({ revision, changedAt }: Versioned): Change {
  return { since: revision > 1 ? changedAt : 0, isShown: revision <= 1, left: undefined };
}

/** Call it after each change of a result. */
export function recordChange(context: ScriptContext, result: Versioned, book: Book): void {
  const left = takeLeft(scriptOf(context, book), result);
  const isFirst = result.revision === 1;
  const since = isFirst ? 0 : (left?.at ?? result.changedAt);
  const shownAt = isDocument(result) ? result.statusAt : book.changedAt;
  const isShown = isFirst || shownAt === result.changedAt;
  context.changes.set(result, { since, isShown, left });
}

/** @returns when the result was last answered, and what Book status showed then; `undefined` where it was answered until now. */
function takeLeft(script: BookScript, result: Versioned): Left | undefined {
  const { book, left, analyticsLeft, documentsLeft } = script;
  if (isDocument(result)) {
    const documentLeft = documentsLeft.get(result);
    documentsLeft.delete(result);
    return documentLeft;
  }
  if (result === book.analytics) {
    script.analyticsLeft = undefined;
    return analyticsLeft;
  }
  // While a verified book is at work again, what is computed from all of it is not answered.
  return isCaptureOver(book) ? undefined : left;
}

function isDocument(result: Versioned): result is Document {
  return 'docUuid' in result;
}

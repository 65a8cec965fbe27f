import type { Entry } from './entry.ts';

export const DOCS = ['X', 'Y'] as const;
export type Doc = (typeof DOCS)[number];
export const isDoc = (name: string): name is Doc => name === 'X' || name === 'Y';
/** `classified`: the end of a document that is not captured, unless it is upgraded. */
export type DocStatus = 'processing' | 'classified' | 'verified' | 'rejected' | 'unlisted';
/** `by document`: of a class in which only some documents are captured, so that each one decides. */
export type BookStatus = 'processing' | 'verified' | 'by document';

/** Kinds of which a book has one. Ocrolus computes all of them from its documents. */
export const BOOK_KINDS = ['stubs', 'summary', 'income'] as const;
export type BookKind = (typeof BOOK_KINDS)[number];

export interface DocItem {
  readonly revision: number;
  readonly status: DocStatus;
  readonly observedAt: number;
  /** Transactions are like forms. */
  readonly forms?: Entry;
}

export interface BookItem {
  readonly revision: number;
  readonly observedAt?: number;
  readonly digest?: Digest;
  readonly endedAt?: number | undefined;
  readonly changedAt: number;
  readonly entries: Readonly<Partial<Record<BookKind, Entry>>>;
  readonly complete: boolean;
  readonly dueAt?: number | undefined;
  /** No look postpones `dueAt` behind this. */
  readonly again?: number | undefined;
}

/** States in which a book and its documents were observed. */
export interface Digest {
  readonly book: BookStatus;
  readonly docs: Readonly<Record<Doc, DocStatus>>;
}

/** True if capture has ended (shared/checklist/observation.ts). */
export function isCaptureEnded({ book, docs }: Digest): boolean {
  if (book === 'by document') return DOCS.every((doc) => docs[doc] !== 'processing');
  return book === 'verified';
}

/** A body: revisions of what it has. */
export type Body = Readonly<Record<string, number>>;

export interface Result {
  readonly answered: number;
  readonly at: number;
  readonly body: Body;
}

export function newBook(clock: number): BookItem {
  return { revision: 0, changedAt: clock, entries: {}, complete: false, dueAt: clock };
}

/** The stored documents are those that the book was seen with. */
export function isStoredAs({ digest }: BookItem, docs: ReadonlyMap<Doc, DocItem>): boolean {
  return DOCS.every((doc) => (docs.get(doc)?.status ?? 'unlisted') === (digest?.docs[doc] ?? 'unlisted'));
}

/** Due at `at`, or earlier. */
export function dueBy(book: BookItem, at: number): BookItem {
  return { ...book, dueAt: Math.min(book.dueAt ?? at, at) };
}

/** DynamoDB: each call is atomic. Items are never changed in place, so a read is a snapshot. */
export class Table {
  book: BookItem | undefined;
  docs: ReadonlyMap<Doc, DocItem> = new Map();
  readonly #results = new Map<string, Result>();
  readonly #onWrite: (item: string) => void;

  /** @param onWrite is called after each write. */
  constructor(onWrite: (item: string) => void) {
    this.#onWrite = onWrite;
  }

  result(key: string): Result | undefined {
    return this.#results.get(key);
  }

  /** Written if `seen` is still what is stored. @returns what is stored, or `undefined` if it was refused. */
  putBook(seen: BookItem | undefined, next: BookItem): BookItem | undefined {
    if (seen?.revision !== this.book?.revision) return undefined;
    this.book = { ...next, revision: (seen?.revision ?? 0) + 1 };
    this.#onWrite('BOOK');
    return this.book;
  }

  putDoc(name: Doc, seen: DocItem | undefined, next: DocItem): DocItem | undefined {
    if (seen?.revision !== this.docs.get(name)?.revision) return undefined;
    const doc = { ...next, revision: (seen?.revision ?? 0) + 1 };
    this.docs = new Map([...this.docs, [name, doc]]);
    this.#onWrite(name);
    return doc;
  }

  /** @returns whether it was written. */
  putResult(key: string, seen: Result | undefined, next: Result): boolean {
    if (seen !== this.#results.get(key)) return false;
    this.#results.set(key, next);
    this.#onWrite(`result ${key}`);
    return true;
  }

  /** The items of book and documents expire, while results stay. */
  expire(): void {
    this.book = undefined;
    this.docs = new Map();
    this.#onWrite('expired');
  }
}

import type { Entry } from '../checklist/entry.ts';
import { type BookStatus, DOCS, type Doc, type DocStatus } from '../ocrolus/truth.ts';

/** Kinds that Ocrolus computes from the documents of a book. */
export const DERIVED = ['stubs', 'summary', 'rows', 'income'] as const;
/** Kinds of which a book has one. */
export const BOOK_KINDS = [...DERIVED, 'signals'] as const;
export type BookKind = (typeof BOOK_KINDS)[number];
/** Kinds of which every document has one; transactions are like forms. */
export type DocKind = 'forms' | 'signals';

export interface DocItem {
  readonly revision: number;
  readonly status: DocStatus;
  readonly observedAt: number;
  readonly entries: Readonly<Partial<Record<DocKind, Entry>>>;
  /** State in Detect, and the time of the request. */
  readonly detect?: { readonly isDone: boolean; readonly at: number };
  /** This version cannot read it. */
  readonly isBroken?: boolean;
}

export interface BookItem {
  readonly revision: number;
  readonly generation: number;
  readonly observedAt?: number;
  readonly digest?: Digest;
  readonly endedAt?: number | undefined;
  readonly changedAt: number;
  readonly entries: Readonly<Partial<Record<BookKind, Entry>>>;
  readonly complete: boolean;
  readonly dueAt?: number | undefined;
  /** No look postpones `dueAt` behind this. */
  readonly again?: number | undefined;
  readonly isBroken?: boolean;
}

/** States in which a book and its documents were observed. */
export interface Digest {
  readonly book: BookStatus;
  readonly docs: Readonly<Record<Doc, DocStatus>>;
}

/** A body: revisions, by page or by document. */
export type Body = Readonly<Record<string, number>>;

export interface Result {
  readonly answered: number;
  readonly at: number;
  readonly body: Body;
  readonly set?: PageSet | undefined;
}

export interface PageSet {
  readonly id: string;
  readonly pages: number;
}

/** A page after the first one of its set. */
export interface Page {
  readonly set: string;
  readonly index: number;
  readonly answered: number;
  readonly at: number;
  readonly generation: number;
  readonly revision: number;
  readonly total: number;
  /** Revision of the first page of its set. */
  readonly first: number;
}

export function newBook(clock: number): BookItem {
  return { revision: 0, generation: 1, changedAt: clock, entries: {}, complete: false, dueAt: clock };
}

/** The stored documents are those that the book was seen with. */
export function isStoredAs({ digest }: BookItem, docs: ReadonlyMap<Doc, DocItem>): boolean {
  return DOCS.every((doc) => (docs.get(doc)?.status ?? 'unlisted') === (digest?.docs[doc] ?? 'unlisted'));
}

/** Due at `at`, or earlier. */
export function dueBy(book: BookItem, at: number): BookItem {
  return { ...book, dueAt: Math.min(book.dueAt ?? at, at) };
}

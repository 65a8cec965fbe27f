import type { Readable } from 'node:stream';
import type { ResultKind } from '../events/result-kinds.ts';
import { DELETED, FORGOTTEN, NOT_FOUND } from '../events/statuses.ts';
import type { BookItem, DocumentItem, EventItem } from '../store/items.ts';
import {
  type MissingResult,
  type Reader,
  type ResultDescription,
  UnknownBookError,
} from '../store/reader.ts';

/** Reads a stage's books (docs/readers.md). Ids are accepted in any spelling that Ocrolus uses. */
export interface BookReader {
  /** @throws UnknownBookError */
  book(bookId: string): Promise<BookItem>;
  documents(bookId: string): Promise<DocumentItem[]>;
  /** Descriptions of everything that is stored, by kind and subject. */
  results(bookId: string): Promise<ResultDescription[]>;
  /**
   * @param subject uuid of a document, or id of a request or business; by default the book itself, else the first one.
   * @returns `undefined` if nothing is stored.
   */
  result(bookId: string, kind: ResultKind, subject?: string): Promise<StoredResult | undefined>;
  /** What the book should have and lacks. @throws UnknownBookError */
  missing(bookId: string): Promise<MissingResult[]>;
  /** Deliveries, oldest first. */
  events(bookId: string): Promise<EventItem[]>;
  /**
   * Waits until the book is complete, or has everything of some kinds. It reads `BOOK`, at first every second, later every 15.
   *
   * @throws UnknownBookError if no such book is stored in time. @throws IncompleteBookError if time is over, or if the book
   * was deleted, forgotten, or is not found: then it never becomes complete.
   */
  waitUntilComplete(bookId: string, options: WaitOptions): Promise<BookItem>;
}

/** A stored result. Bodies are read when they are asked for, and are the bytes that Ocrolus sent. */
export interface StoredResult extends ResultDescription {
  /** The whole body. It takes as much memory as `bytes` says. */
  buffer(): Promise<Buffer>;
  /** The body as JSON. `JSON.parse` loses digits of integers beyond 2^53: read `buffer` where you need them. */
  json(): Promise<unknown>;
  /** The body piece by piece, in little memory. It fails at its end if the bytes differ from those that were stored. */
  stream(): Promise<Readable>;
  /** Rows of enriched transactions, of all pages, each as JSON; in little memory. */
  rows(): Promise<AsyncIterable<Buffer>>;
}

export interface WaitOptions {
  /** Kinds to wait for; by default everything that the stage's policies want. */
  readonly kinds?: readonly ResultKind[];
  /** Milliseconds. */
  readonly timeout: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** A book is not complete. */
export class IncompleteBookError extends Error {
  override readonly name = 'IncompleteBookError';
  readonly book: BookItem;

  constructor(book: BookItem) {
    const lacks =
      book.open === undefined || book.open.length === 0 ? '' : `, and lacks ${book.open.join(', ')}`;
    super(`book ${book.bookId} is ${book.status ?? 'not shown by Ocrolus yet'}${lacks}`);
    this.book = book;
  }
}

interface Clock {
  now(): number;
  wait(ms: number, signal?: AbortSignal): Promise<unknown>;
}

/** Pause between two reads, in milliseconds: grows by half each time. */
const PAUSE_MS = { first: 1000, last: 15_000 };

/** Of books that never become complete. */
const ENDED: readonly (string | undefined)[] = [DELETED, FORGOTTEN, NOT_FOUND];

export function createBookReader(reader: Reader, { now, wait }: Clock): BookReader {
  const { documents, results, missing, events } = reader;
  return {
    ...{ documents, results, missing, events },
    async book(bookId) {
      const book = await reader.book(bookId);
      if (book === undefined) throw new UnknownBookError(bookId);
      return book;
    },
    async result(bookId, kind, subject) {
      const description = await reader.result(bookId, kind, subject);
      if (description === undefined) return undefined;
      const { subject: own } = description;
      const buffer = async () => present(await reader.resultBody(bookId, kind, own), bookId);
      return {
        ...description,
        buffer,
        json: async () => JSON.parse(String(await buffer())) as unknown,
        stream: async () => present(await reader.resultStream(bookId, kind, own), bookId),
        rows: async () => present(await reader.transactionRows(bookId), bookId),
      };
    },
    async waitUntilComplete(bookId, { kinds, timeout, signal }) {
      const until = now() + timeout;
      for (let pause = PAUSE_MS.first; ; pause = Math.min(pause * 1.5, PAUSE_MS.last)) {
        const book = await reader.book(bookId);
        if (book !== undefined && has(book, kinds)) return book;
        const left = until - now();
        if (left <= 0 || ENDED.includes(book?.status)) {
          throw book === undefined ? new UnknownBookError(bookId) : new IncompleteBookError(book);
        }
        await wait(Math.min(pause, left), signal);
      }
    },
  };
}

/** A kind is there if capture has ended, and the book does not list it as open. */
function has({ complete, capture, open = [] }: BookItem, kinds: readonly ResultKind[] | undefined): boolean {
  if (kinds === undefined) return complete === true;
  return capture !== undefined && !kinds.some((kind) => open.includes(kind));
}

/** A result that was described may have been removed before its body is read. */
function present<T>(body: T | undefined, bookId: string): T {
  if (body === undefined) throw new Error(`the result was removed from book ${bookId} meanwhile`);
  return body;
}

import type { Readable } from 'node:stream';
import { type Entry, isMissing, wantOf } from '../checklist/entry.ts';
import { DOCUMENT_KINDS } from '../checklist/kinds.ts';
import { isCapturable } from '../checklist/observation.ts';
import type { ResultKind } from '../events/catalog.ts';
import { normaliseUuid } from '../events/read-ids.ts';
import { DELETED } from '../events/statuses.ts';
import { Failure } from '../failure.ts';
import { rowsOf } from '../json/rows.ts';
import { bodyOf, streamOf } from './bodies/read-body.ts';
import type { Bodies } from './bodies/result-bodies.ts';
import { readBook } from './books.ts';
import { readDocuments } from './documents.ts';
import { BookItem, DocumentItem, EventItem, ResultItem } from './items.ts';
import {
  BOOK_ITEM,
  DOCUMENT_PREFIX,
  EVENT_PREFIX,
  pagesOf,
  RESULT_PREFIX,
  resultItem,
  resultsOfKind,
} from './keys.ts';
import type { Table } from './table.ts';

/** A result without its body. */
export type ResultDescription = Omit<ResultItem, 'body'>;

/** A result that is missing. */
export interface MissingResult {
  readonly kind: ResultKind;
  readonly subject: string;
  /** `expired`: it was refused for so long that it is no longer asked for. */
  readonly state: Entry['state'];
  readonly since: string;
  readonly attempts: number;
  readonly nextAt: string | null;
  /** The last answer's code. */
  readonly code: string | null;
}

/** For downstream services: typed reads that hide gzip and S3. Needs `dynamodb:Query`, `GetItem` and `s3:GetObject`. */
export interface Reader {
  book(bookId: string): Promise<BookItem | undefined>;
  documents(bookId: string): Promise<DocumentItem[]>;
  /** In the order of kind and subject. */
  results(bookId: string): Promise<ResultDescription[]>;
  /**
   * The body exactly as Ocrolus sent it, as a whole: `bytes` of its description is the memory that it takes. For bodies
   * of any size see {@link Reader.resultStream}.
   *
   * @param subject the book's own uuid where it is left out, else the first subject of that kind.
   * @returns `undefined` when there is none.
   */
  resultBody(bookId: string, kind: ResultKind, subject?: string): Promise<Buffer | undefined>;
  /**
   * As `resultBody`, piece by piece, in less than 1 MB of memory whatever the size. It is opened at the first read and
   * checked at the end: the stream fails unless it was the stored body to the last byte.
   */
  resultStream(bookId: string, kind: ResultKind, subject?: string): Promise<Readable | undefined>;
  /**
   * Every row of the enriched transactions, in the order of the pages, each exactly as Ocrolus sent it (JSON; `JSON.parse`
   * loses digits of integers beyond 2^53). All are of one set, also when it is replaced meanwhile. Keeps one row in memory,
   * and of the pages those that are in items (8 KB each at most).
   *
   * @returns `undefined` when there is none.
   * @throws Failure `retry`, code `pages-changing`, before the first row; while iterating, as `resultStream`.
   */
  transactionRows(bookId: string): Promise<AsyncIterable<Buffer> | undefined>;
  /**
   * The whole pages of a result of the book, in order: enriched transactions may have many. All are of one set.
   *
   * @returns `undefined` when there is none.
   */
  resultPages(bookId: string, kind: ResultKind): Promise<Buffer[] | undefined>;
  /** What the book should have and does not have yet: one element for each open entry of its checklist. */
  missing(bookId: string): Promise<MissingResult[]>;
  /** Deliveries, oldest first. */
  events(bookId: string): Promise<EventItem[]>;
}

export function createReader(table: Table, bodies: Pick<Bodies, 'get' | 'open'>): Reader {
  const query = async <T>(bookId: string, prefix: string, parse: (item: unknown) => T): Promise<T[]> => {
    const found: T[] = [];
    for await (const item of table.query({ bookId: toBookId(bookId), prefix })) found.push(parse(item));
    return found;
  };

  const find = async (bookId: string, kind: ResultKind, subject: string | undefined) => {
    const wanted = subject === undefined ? undefined : toBookId(subject);
    const candidates = await query(bookId, resultsOfKind(kind, wanted), (item) => ResultItem.parse(item));
    const exact = candidates.find((result) => result.subject === (wanted ?? toBookId(bookId)));
    // A page is not a result by itself: its set may be incomplete, or not be the one that readers see.
    return wanted === undefined ? (exact ?? candidates.find(({ set }) => set?.offset === undefined)) : exact;
  };

  /** The pages of one set, the first page included. Their bodies stay readable when the set is replaced. */
  const findPages = async (bookId: string, kind: ResultKind): Promise<ResultItem[] | undefined> => {
    const own = toBookId(bookId);
    for (let attempt = 0; attempt < SETS_READ; attempt += 1) {
      const item = await table.get({ bookId: own, item: resultItem(kind, own) });
      if (item === undefined) return undefined;
      const first = ResultItem.parse(item);
      const { id, pages = 1 } = first.set ?? { id: '' };
      const others =
        pages === 1 ? [] : await query(own, pagesOf(kind, own, id), (page) => ResultItem.parse(page));
      // While they were read, a newer set has replaced this one, and its pages were removed.
      if (others.length === pages - 1) return [first, ...others];
    }
    throw new Failure('retry', 'pages-changing');
  };

  return {
    async book(bookId) {
      const item = await table.get({ bookId: toBookId(bookId), item: BOOK_ITEM });
      return item === undefined ? undefined : BookItem.parse(item);
    },
    documents: (bookId) => query(bookId, DOCUMENT_PREFIX, (item) => DocumentItem.parse(item)),
    results: (bookId) =>
      query(bookId, RESULT_PREFIX, (item) => {
        const { body: _, ...description } = ResultItem.parse(item);
        return description;
      }),
    async resultBody(bookId, kind, subject) {
      const result = await find(bookId, kind, subject);
      return result === undefined ? undefined : bodyOf(result, bodies);
    },
    async resultStream(bookId, kind, subject) {
      const result = await find(bookId, kind, subject);
      return result === undefined ? undefined : streamOf(result, bodies);
    },
    async transactionRows(bookId) {
      const pages = await findPages(bookId, 'enriched-transactions');
      return pages === undefined ? undefined : rowsOfPages(pages, bodies);
    },
    async resultPages(bookId, kind) {
      const pages = await findPages(bookId, kind);
      if (pages === undefined) return undefined;
      const all: Buffer[] = [];
      for (const page of pages) all.push(await bodyOf(page, bodies));
      return all;
    },
    missing: (bookId) => missingOf(table, toBookId(bookId)),
    events: (bookId) => query(bookId, EVENT_PREFIX, (item) => EventItem.parse(item)),
  };
}

/** Attempts to read a set of pages that changes during the read. */
const SETS_READ = 5;

async function* rowsOfPages(pages: readonly ResultItem[], bodies: Pick<Bodies, 'open'>) {
  for (const page of pages) yield* rowsOf(streamOf(page, bodies), 'enriched_transactions');
}

/** Accepts an id in any spelling that Ocrolus uses. */
function toBookId(id: string): string {
  return normaliseUuid(id) ?? id;
}

async function missingOf(table: Table, bookId: string): Promise<MissingResult[]> {
  const book = await readBook(table, bookId);
  if (book === undefined || book.status === DELETED) return [];
  const missing: MissingResult[] = [];
  const add = (kind: ResultKind, subject: string, entry: Entry) => {
    const { state, since, attempts, nextAt = null, code = null } = entry;
    missing.push({ kind, subject, state, since, attempts, nextAt, code });
  };
  for (const [name, entry] of Object.entries(book.entries)) {
    if (entry.version !== book.generation || !isMissing(entry)) continue;
    const { kind, subject } = wantOf(name, bookId);
    add(kind, subject, entry);
  }
  for (const document of (await readDocuments(table, bookId)).values()) {
    const { docUuid, version, entries, observedAt } = document;
    for (const kind of [...DOCUMENT_KINDS, 'signals'] as const) {
      const entry = entries[kind]?.version === version ? entries[kind] : undefined;
      // A kind that the account's contract does not include is not missing, see the circuit.
      const isWantedKind = book.open?.includes(kind) === true;
      if (entry !== undefined && isMissing(entry) && isWantedKind) add(kind, docUuid, entry);
      // A finished document without an entry counts as missing, if the stage's policy asks for the kind at all.
      const isWanted = entry === undefined && kind !== 'signals' && isWantedKind;
      if (!isWanted || !isCapturable(document)) continue;
      const nextAt = book.round?.nextAt;
      add(kind, docUuid, { state: 'wanted', version, since: observedAt, attempts: 0, nextAt });
    }
  }
  return missing;
}

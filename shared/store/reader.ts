import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { normaliseUuid } from '../events/read-ids.ts';
import type { ResultKind } from '../events/result-kinds.ts';
import { Failure } from '../failure.ts';
import { rowsOf } from '../json/rows.ts';
import { type Bodies, gunzipStream } from './bodies/result-bodies.ts';
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
import { type MissingResult, readMissing } from './polling/missing-results.ts';
import type { Table } from './table.ts';

export type { MissingResult };

/** A result without its body. */
export type ResultDescription = Omit<ResultItem, 'body'>;

/** No book of that id is stored; events that name it may be. */
export class UnknownBookError extends Error {
  override readonly name = 'UnknownBookError';

  constructor(bookId: string) {
    super(`book ${bookId} is not stored`);
  }
}

/** Typed reads for downstream services that hide gzip and S3. Needs `dynamodb:Query`, `GetItem` and `s3:GetObject`. */
export interface Reader {
  book(bookId: string): Promise<BookItem | undefined>;
  documents(bookId: string): Promise<DocumentItem[]>;
  /** Ordered by kind and subject. */
  results(bookId: string): Promise<ResultDescription[]>;
  /** The result that `resultBody` would read, without its body. */
  result(bookId: string, kind: ResultKind, subject?: string): Promise<ResultDescription | undefined>;
  /**
   * The whole body, exactly as Ocrolus sent it. It takes as much memory as `bytes` of its description says; for
   * bodies of any size see {@link Reader.resultStream}.
   *
   * @param subject by default the book's own uuid, else the first subject of that kind.
   * @returns `undefined` when there is none.
   */
  resultBody(bookId: string, kind: ResultKind, subject?: string): Promise<Buffer | undefined>;
  /**
   * As `resultBody`, piece by piece, in less than 1 MB of memory for any size. Opened at the first read and checked
   * at the end: the stream fails unless it was the stored body to the last byte.
   */
  resultStream(bookId: string, kind: ResultKind, subject?: string): Promise<Readable | undefined>;
  /**
   * Every row of the enriched transactions, in the order of the pages, each exactly as Ocrolus sent it (JSON;
   * `JSON.parse` loses digits of integers beyond 2^53). All rows are of one set, even if it is replaced meanwhile.
   * Keeps one row in memory, and those pages that are stored in items (8 KB each at most).
   *
   * @returns `undefined` when there is none.
   * @throws Failure `retry`, code `pages-changing`, before the first row; while iterating, as `resultStream`.
   */
  transactionRows(bookId: string): Promise<AsyncIterable<Buffer> | undefined>;
  /**
   * The whole pages of a result of the book, in order: enriched transactions may have many. All pages are of one set.
   *
   * @returns `undefined` when there is none.
   */
  resultPages(bookId: string, kind: ResultKind): Promise<Buffer[] | undefined>;
  /**
   * Expected results that are missing: one element for each open entry of the book's checklist.
   *
   * @throws UnknownBookError: what an unknown book lacks is not known.
   */
  missing(bookId: string): Promise<MissingResult[]>;
  /** Deliveries, oldest first. */
  events(bookId: string): Promise<EventItem[]>;
}

/** Images are stored beside their list (docs/data-model.md). */
function isImage(kind: ResultKind, subject: string): boolean {
  return kind === 'visualizations' && subject.includes('@');
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
    // A page or an image is no result by itself: not all may be there, or they may not be those that readers see.
    const isWhole = ({ set, subject: own }: ResultItem) => set?.offset === undefined && !isImage(kind, own);
    return wanted === undefined ? (exact ?? candidates.find(isWhole)) : exact;
  };

  /** Reads the pages of one set, including the first. Their bodies stay readable when the set is replaced. */
  const findPages = async (bookId: string, kind: ResultKind): Promise<ResultItem[] | undefined> => {
    const own = toBookId(bookId);
    for (let attempt = 0; attempt < SETS_READ; attempt += 1) {
      const item = await table.get({ bookId: own, item: resultItem(kind, own) });
      if (item === undefined) return undefined;
      const first = ResultItem.parse(item);
      const { id, pages = 1 } = first.set ?? { id: '' };
      const others =
        pages === 1 ? [] : await query(own, pagesOf(kind, own, id), (page) => ResultItem.parse(page));
      // Otherwise, a newer set has replaced this one during the read, and its pages were removed.
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
    results: (bookId) => query(bookId, RESULT_PREFIX, (item) => describe(ResultItem.parse(item))),
    async result(bookId, kind, subject) {
      const result = await find(bookId, kind, subject);
      return result && describe(result);
    },
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
    async missing(bookId) {
      const missing = await readMissing(table, toBookId(bookId));
      if (missing === undefined) throw new UnknownBookError(toBookId(bookId));
      return missing;
    },
    events: (bookId) => query(bookId, EVENT_PREFIX, (item) => EventItem.parse(item)),
  };
}

function describe({ body: _, ...description }: ResultItem): ResultDescription {
  return description;
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

/** Reads the body of a result as a whole. */
async function bodyOf({ s3, body }: ResultItem, bodies: Pick<Bodies, 'get'>): Promise<Buffer> {
  return promisify(gunzip)(s3 === undefined ? Buffer.from(body ?? []) : await bodies.get(s3.bucket, s3.key));
}

/**
 * Reads the body of a result, piece by piece. Nothing is opened before the first read.
 *
 * @throws while it is read: Failure `broken`, code `body-differs`, at the end of another body than the stored one;
 * and the error of S3.
 */
function streamOf(result: ResultItem, bodies: Pick<Bodies, 'open'>): Readable {
  return Readable.from(verified(result, bodies), { objectMode: false });
}

async function* verified(
  { s3, body, sha256 }: ResultItem,
  bodies: Pick<Bodies, 'open'>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const compressed =
    s3 === undefined ? Readable.from([Buffer.from(body ?? [])]) : await bodies.open(s3.bucket, s3.key);
  for await (const piece of gunzipStream(compressed)) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== sha256) throw new Failure('broken', 'body-differs');
}

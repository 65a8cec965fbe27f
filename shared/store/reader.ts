import type { ResultKind } from '../events/catalog.ts';
import { normaliseUuid } from '../events/ids.ts';
import { BookItem, DocumentItem, EventItem, ResultItem } from './items.ts';
import { BOOK_ITEM, DOCUMENT_PREFIX, EVENT_PREFIX, RESULT_PREFIX } from './keys.ts';
import { type Bodies, decompress } from './result-bodies.ts';
import type { Table } from './table.ts';

/** A result without its body. */
export type ResultDescription = Omit<ResultItem, 'body'>;

/** For downstream services: typed reads, with gzip and S3 out of sight. Needs `dynamodb:Query`, `GetItem` and `s3:GetObject`. */
export interface Reader {
  book(bookId: string): Promise<BookItem | undefined>;
  documents(bookId: string): Promise<DocumentItem[]>;
  /** In the order of kind and subject. */
  results(bookId: string): Promise<ResultDescription[]>;
  /**
   * The body exactly as Ocrolus sent it.
   *
   * @param subject the book's own uuid where it is left out, else the first subject of that kind.
   * @returns `undefined` when there is none.
   */
  resultBody(bookId: string, kind: ResultKind, subject?: string): Promise<Buffer | undefined>;
  /** Deliveries, oldest first. */
  events(bookId: string): Promise<EventItem[]>;
}

export function createReader(table: Table, bodies: Pick<Bodies, 'get'>): Reader {
  const query = async <T>(bookId: string, prefix: string, parse: (item: unknown) => T): Promise<T[]> => {
    const found: T[] = [];
    const items = table.query({
      KeyConditionExpression: 'bookId = :book AND begins_with(#item, :prefix)',
      ExpressionAttributeNames: { '#item': 'item' },
      ExpressionAttributeValues: { ':book': toBookId(bookId), ':prefix': prefix },
    });
    for await (const item of items) found.push(parse(item));
    return found;
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
      const wanted = subject === undefined ? undefined : toBookId(subject);
      const candidates = await query(bookId, `${RESULT_PREFIX}${kind}#${wanted ?? ''}`, (item) =>
        ResultItem.parse(item),
      );
      const exact = candidates.find((result) => result.subject === (wanted ?? toBookId(bookId)));
      const result = wanted === undefined ? (exact ?? candidates[0]) : exact;
      if (result === undefined) return undefined;
      if (result.s3 !== undefined) return decompress(await bodies.get(result.s3.bucket, result.s3.key));
      return decompress(Buffer.from(result.body ?? []));
    },
    events: (bookId) => query(bookId, EVENT_PREFIX, (item) => EventItem.parse(item)),
  };
}

/** Accepts an id in any spelling that Ocrolus uses. */
function toBookId(id: string): string {
  return normaliseUuid(id) ?? id;
}

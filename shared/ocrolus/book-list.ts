import * as z from 'zod';
import { parseJsonKeepingDigits } from '../events/json.ts';
import { normalisePk, normaliseUuid } from '../events/read-ids.ts';
import { Failure } from '../failure.ts';
import { calls } from './calls.ts';
import type { OcrolusClient } from './client.ts';
import { text } from './lenient-fields.ts';

const Book = z.looseObject({
  pk: z.unknown(),
  book_uuid: text,
  uuid: text,
  name: text,
  created_ts: text,
  created: text,
  xid: text,
  book_type: text,
});

/** An unreadable entry must not hide all others. */
const Books = z.array(Book.nullable().catch(null));

/** All books, or one page of them if Ocrolus applies `limit`; the sources disagree (docs/ocrolus.md#book-list). */
const BookList = z.looseObject({ response: z.union([Books, z.looseObject({ books: Books })]) });

export interface ListedBook {
  readonly bookUuid: string;
  readonly bookPk: string;
  readonly name?: string | undefined;
  /** ISO 8601, if Ocrolus has it. */
  readonly createdAt?: string | undefined;
  /** The lender's own key. */
  readonly xid?: string | undefined;
  readonly bookType?: string | undefined;
}

export interface BookPage {
  /** Readable books. */
  readonly books: ListedBook[];
  /** Number of listed books, readable or not. */
  readonly length: number;
  /** Number of books that the page may have. */
  readonly limit: number;
  /** True if Ocrolus applied `limit` and `offset`. */
  readonly paged: boolean;
}

/**
 * Reads one page of the account's books by ascending pk, or all of them if Ocrolus does not page.
 *
 * @param most books per page; fewer if Ocrolus refuses so many.
 * @throws Failure
 */
export async function listBooks(
  client: OcrolusClient,
  most: number,
  offset: number,
  deadline: number,
): Promise<BookPage> {
  const answer = await client.get(calls.books(most, offset), deadline);
  const { limit = most } = answer;
  const response = BookList.safeParse(parseJsonKeepingDigits(answer.body.toString('utf8'))).data?.response;
  if (response === undefined) throw new Failure('retry', 'book-list-shape');
  const listed = Array.isArray(response) ? response : response.books;
  const books = listed.flatMap((book): ListedBook[] => {
    const bookUuid = normaliseUuid(book?.book_uuid ?? book?.uuid);
    const bookPk = normalisePk(book?.pk);
    return bookUuid === undefined || bookPk === undefined
      ? []
      : [
          {
            bookUuid,
            bookPk,
            name: book?.name,
            createdAt: createdAt(book),
            xid: book?.xid,
            bookType: book?.book_type,
          },
        ];
  });
  books.sort((a, b) => comparePks(a.bookPk, b.bookPk));
  return { books, length: listed.length, limit, paged: listed.length <= limit };
}

/** `created_ts` is ISO, with or without a zone (docs/ocrolus.md#times). */
function createdAt(book: z.infer<typeof Book> | null): string | undefined {
  const text = book?.created_ts ?? book?.created;
  return text !== undefined && /^\d{4}-\d\d-\d\d/.test(text) ? text : undefined;
}

/** Creation time of a listed book, in Unix milliseconds. Times without a zone are UTC (docs/ocrolus.md#times). */
export function createdMs({ createdAt = '' }: ListedBook): number | undefined {
  const isComplete = /(Z|[+-]\d\d:?\d\d)$/.test(createdAt) || createdAt.length <= 'YYYY-MM-DD'.length;
  const created = Date.parse(isComplete ? createdAt : `${createdAt}Z`);
  return Number.isNaN(created) ? undefined : created;
}

/** Compares digits as numbers, even beyond 2^53. */
export function comparePks(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A place in an account's list of books by ascending pk: the books up to `lastPk` have been read. */
export const Place = z.object({
  /** Number of books before the place: a hint, too high if some of them were deleted. */
  offset: z.int().min(0),
  /** In digits. */
  lastPk: z.string(),
  /** Number of books to step back if the next page does not follow on `lastPk`. 0: this cannot be checked. */
  back: z.int().min(0).optional(),
});

export type Place = z.infer<typeof Place>;

export const START: Place = { offset: 0, lastPk: '0' };

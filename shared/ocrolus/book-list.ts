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

/** One entry that cannot be read must not hide all the others. */
const Books = z.array(Book.nullable().catch(null));

/** An array of every book, or a page, depending on `limit`; the sources disagree (docs/ocrolus.md#book-list). */
const BookList = z.looseObject({ response: z.union([Books, z.looseObject({ books: Books })]) });

export interface ListedBook {
  readonly bookUuid: string;
  readonly bookPk: string;
  readonly name?: string | undefined;
  /** ISO 8601, where Ocrolus has it. */
  readonly createdAt?: string | undefined;
  /** The lender's own key. */
  readonly xid?: string | undefined;
  readonly bookType?: string | undefined;
}

export interface BookPage {
  /** Those that could be read. */
  readonly books: ListedBook[];
  /** How many were listed, readable or not. */
  readonly length: number;
  /** Whether Ocrolus applied `limit` and `offset`. */
  readonly paged: boolean;
}

/** One page of the account's books by ascending pk; all of them where Ocrolus does not page. @throws Failure */
export async function listBooks(
  client: OcrolusClient,
  limit: number,
  offset: number,
  deadline: number,
): Promise<BookPage> {
  const answer = await client.get(calls.books(limit, offset), deadline);
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
  return { books, length: listed.length, paged: listed.length <= limit };
}

/** `created_ts` is ISO, with or without a zone (docs/ocrolus.md#times). */
function createdAt(book: z.infer<typeof Book> | null): string | undefined {
  const text = book?.created_ts ?? book?.created;
  return text !== undefined && /^\d{4}-\d\d-\d\d/.test(text) ? text : undefined;
}

/** When a listed book was created, in Unix milliseconds. Times without a zone are UTC (docs/ocrolus.md#times). */
export function createdMs({ createdAt = '' }: ListedBook): number | undefined {
  const isComplete = /(Z|[+-]\d\d:?\d\d)$/.test(createdAt) || createdAt.length <= 'YYYY-MM-DD'.length;
  const created = Date.parse(isComplete ? createdAt : `${createdAt}Z`);
  return Number.isNaN(created) ? undefined : created;
}

/** Compares digits as numbers, beyond 2^53 too. */
export function comparePks(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A place in an account's list of books by ascending pk: those up to `lastPk` have been read. */
export const Place = z.object({
  /** How many books are before it: a hint, too high where some of them were deleted. */
  offset: z.int().min(0),
  /** In digits. */
  lastPk: z.string(),
  /** How many books to step back if the next page does not follow on `lastPk`. 0: nothing shows whether it does. */
  back: z.int().min(0).optional(),
});

export type Place = z.infer<typeof Place>;

export const START: Place = { offset: 0, lastPk: '0' };

import type { BackfillCounts, BackfillRange } from '../../shared/backfill.ts';
import { DELETED } from '../../shared/events/statuses.ts';
import { comparePks, type ListedBook } from '../../shared/ocrolus/book-list.ts';
import { type Book, isForgotten } from '../../shared/store/books.ts';
import { iso } from '../../shared/time.ts';

/** What a backfill does about a listed book. @param dueAt when it would become due. @param dayAgo both in Unix milliseconds. */
export function actionFor(book: Book | undefined, dueAt: number, dayAgo: number): keyof BackfillCounts {
  if (book === undefined) return 'unknown';
  if (isForgotten(book) || book.status === DELETED) return 'left';
  if (book.observedAt === undefined) return book.dueAt === undefined ? 'again' : 'waiting';
  if (Date.parse(book.observedAt) > dayAgo) return 'left';
  return book.dueAt !== undefined && book.dueAt <= iso(dueAt) ? 'waiting' : 'again';
}

/** A book of which the list gives no time is in every range of times, as in discovery. */
export function isInRange({ bookPk, createdAt }: ListedBook, range: BackfillRange): boolean {
  const { fromTime, toTime, fromPk, toPk } = range;
  if (fromPk !== undefined && comparePks(bookPk, fromPk) < 0) return false;
  if (toPk !== undefined && comparePks(bookPk, toPk) > 0) return false;
  const created = createdAt === undefined ? Number.NaN : Date.parse(withZone(createdAt));
  if (Number.isNaN(created)) return true;
  const isAfter = fromTime === undefined || created >= Date.parse(fromTime);
  return isAfter && (toTime === undefined || created <= Date.parse(toTime));
}

/** Ocrolus's times without a zone are UTC (docs/ocrolus.md#times). */
function withZone(text: string): string {
  return /(Z|[+-]\d\d:?\d\d)$/.test(text) || text.length <= 'YYYY-MM-DD'.length ? text : `${text}Z`;
}

/** The list is by ascending pk. */
export function isPast(last: ListedBook | undefined, { toPk }: BackfillRange): boolean {
  return last !== undefined && toPk !== undefined && comparePks(last.bookPk, toPk) > 0;
}

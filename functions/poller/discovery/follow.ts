import { type BookPage, comparePks, type ListedBook, type Place } from '../../../shared/ocrolus/book-list.ts';

/** Number of pages taken at a time from a list that is not paged. */
const UNPAGED_PAGES = 10;

/** Content of a page after a place. */
export interface Step {
  /** Books of the page after the place, by pk. */
  readonly unseen: readonly ListedBook[];
  readonly place: Place;
  /** Fewer books are left than a page has: the end of the list, unless Ocrolus sends shorter pages than requested. */
  readonly isShort: boolean;
}

/** Offset at which to continue: one book back. If that is still the last one seen, nothing before it was deleted. */
export function offsetAfter({ offset }: Place): number {
  return Math.max(0, offset - 1);
}

/**
 * Follows an account's list from a place through the page at `offsetAfter(place)`. `lastPk` decides, and the offset
 * is a hint, so a book that was always visible is never skipped, whatever else became visible or was deleted. If more
 * books were deleted than the hint allows for, the place moves back, twice as far each time.
 */
export function follow(place: Place, { books, length, limit, paged }: BookPage): Step {
  const { lastPk, back = limit } = place;
  const unseen = books.filter(({ bookPk }) => comparePks(bookPk, lastPk) > 0);
  if (!paged) {
    const taken = unseen.slice(0, UNPAGED_PAGES * limit);
    const next = { offset: 0, lastPk: taken.at(-1)?.bookPk ?? lastPk };
    return { unseen: taken, place: next, isShort: taken.length === unseen.length };
  }
  const offset = offsetAfter(place);
  if (offset > 0 && back > 0 && unseen.length === books.length) {
    const before = { offset: Math.max(0, place.offset - back), lastPk, back: back * 2 };
    return { unseen: [], place: before, isShort: false };
  }
  const isShort = length < limit;
  // Unreadable entries make the hint too low, which is safe. A page full of them is passed without a comparison.
  const isUnreadable = !isShort && books.length < 2;
  return {
    unseen,
    place: {
      offset: offset + (isUnreadable ? length : books.length),
      lastPk: unseen.at(-1)?.bookPk ?? lastPk,
      ...(isUnreadable && { back: 0 }),
    },
    isShort,
  };
}

/** Ocrolus has no such book, or does not have it yet (docs/ocrolus.md#error-codes). */
export const BOOK_NOT_FOUND = '1401';

/** The account may not see the book (docs/ocrolus.md#error-codes). */
export const BOOK_OF_ANOTHER = '2102';

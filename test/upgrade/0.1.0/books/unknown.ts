import { FORBIDDEN, has, NO_SUCH_BOOK } from '../../played/played-book.ts';
import type { UpgradedBook } from '../../upgraded-book.ts';
import { allStored, bookOf } from './book.ts';

const NOTHING = { complete: undefined, stored: [], detected: {} } as const;

/** Books that Ocrolus did not show, or that must not be stored. */
export const UNKNOWN_BOOKS: readonly UpgradedBook[] = [
  allStored(bookOf('named-only', 37)),
  allStored(bookOf('unseen', 38)),
  allStored(bookOf('not-found', 39)),
  {
    ...NOTHING,
    bookId: 'lost',
    ocrolus: bookOf('lost', 40, { refused: NO_SUCH_BOOK }),
    status: 'NOT_FOUND',
  },
  allStored(bookOf('forbidden', 41)),
  allStored(bookOf('elsewhere', 42, { account: 'south', answers: { 'suspicious-activity': FORBIDDEN } })),
  {
    ...NOTHING,
    bookId: 'forgotten',
    ocrolus: bookOf('forgotten', 43),
    status: 'FORGOTTEN',
  },
  {
    ...NOTHING,
    bookId: 'pk-90044',
    ocrolus: bookOf('forgotten-by-pk', 44),
    status: 'FORGOTTEN',
  },
  allStored(bookOf('known-by-pk', 45, { answers: { 'business#middesk-45': has() } }), {
    bookId: 'pk-90045',
    shownAfterHours: 3,
  }),
  allStored(bookOf('without-book', 46), { bookId: 'account', shownAfterHours: 2 }),
  allStored(bookOf('undiscovered', 47), {
    shownAfterHours: 5,
  }),
];

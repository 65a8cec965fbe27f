import { FORBIDDEN, has, NO_SUCH_BOOK } from '../../played/played-book.ts';
import type { UpgradedBook } from '../../upgraded-book.ts';
import { allStored, bookOf } from './book.ts';

const NOTHING = { complete: undefined, stored: [], detected: {} } as const;

/** Books that Ocrolus did not show, or that must not be stored. */
export const UNKNOWN_BOOKS: readonly UpgradedBook[] = [
  allStored('only an event has named it: Book status does not find it yet', bookOf('named-only', 37)),
  allStored('nothing is stored: two deliveries about it are in the queues', bookOf('unseen', 38)),
  allStored('NOT_FOUND: Ocrolus has not found it for two days, and shows it later', bookOf('not-found', 39)),
  {
    ...NOTHING,
    bookId: 'lost',
    shows: 'NOT_FOUND, with the results of before; Ocrolus never shows it again',
    ocrolus: bookOf('lost', 40, { refused: NO_SUCH_BOOK }),
    status: 'NOT_FOUND',
  },
  allStored('Book status refuses it without a decision so far', bookOf('forbidden', 41)),
  allStored(
    'its account is no longer served: it may belong to any of the others',
    bookOf('elsewhere', 42, { account: 'south', answers: { 'suspicious-activity': FORBIDDEN } }),
  ),
  {
    ...NOTHING,
    bookId: 'forgotten',
    shows: 'forgotten by both ids: tombstones, and a delivery about it is in a queue',
    ocrolus: bookOf('forgotten', 43),
    status: 'FORGOTTEN',
  },
  {
    ...NOTHING,
    bookId: 'pk-90044',
    shows: 'forgotten by its pk, while Ocrolus did not show it: a tombstone without uuid',
    ocrolus: bookOf('forgotten-by-pk', 44),
    status: 'FORGOTTEN',
  },
  allStored(
    'only its pk is known: entries that events have opened, of a business too, which only its event names',
    bookOf('known-by-pk', 45, { answers: { 'business#middesk-45': has() } }),
    { bookId: 'pk-90045', shownAfterHours: 3 },
  ),
  allStored(
    'a result without a book: Detect does not know the document yet that an event has named',
    bookOf('without-book', 46),
    { bookId: 'account', shownAfterHours: 2 },
  ),
  allStored('nothing: it is created after the upgrade, and no event names it', bookOf('undiscovered', 47), {
    shownAfterHours: 5,
  }),
];

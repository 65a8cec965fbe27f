import { FORBIDDEN, has, NOT_READY, WITH_ANALYTICS } from '../../played/played-book.ts';
import type { UpgradedBook } from '../../upgraded-book.ts';
import { allStored, bookOf, documentOf } from './book.ts';

/** Books whose capture has ended, with everything stored, as far as probes go. */
export const FINISHED_BOOKS: readonly UpgradedBook[] = [
  allStored(bookOf('settled', 1, { answers: { ...WITH_ANALYTICS, 'forms#settled-d1': has(2) } })),
  allStored(bookOf('settled-old', 2)),
  allStored(bookOf('probe-first', 3, { answers: { classification: has() } })),
  allStored(bookOf('probe-second', 4, { answers: { classification: has() } })),
  allStored(bookOf('probe-over', 5, { answers: { classification: FORBIDDEN } })),
  allStored(bookOf('probe-repeated', 6, { answers: { income: NOT_READY } })),
  allStored(
    bookOf('upgraded', 7, {
      answers: { 'forms#upgraded-d1': has(2), 'transactions#upgraded-d1': has(2), paystubs: has(2) },
    }),
  ),
  allStored(
    bookOf('rejected', 8, {
      documents: [
        documentOf('rejected-d1', 81, {
          status: 'REJECTED',
          rejectionReason: 'DOCUMENT IS UNREADABLE',
          detect: 'UNABLE_TO_PROCESS',
        }),
      ],
    }),
    // No result of the book exists where no document has one.
    { stored: [], detected: {} },
  ),
  allStored(
    bookOf('classified', 9, {
      status: 'VERIFYING',
      bookClass: 'INSTANT_CLASSIFY_ONLY',
      documents: [documentOf('classified-d1', 91, { status: 'CLASSIFIED' })],
      answers: { classification: has(), paystubs: FORBIDDEN },
    }),
    { stored: ['classification'], detected: {} },
  ),
  allStored(bookOf('discovered', 10, { xid: 'loan-10' })),
  allStored(bookOf('unlisted', 11, { answers: { paystubs: has(2) } })),
  {
    ...allStored(bookOf('deleted', 12, { status: 'DELETED', documents: [] })),
    complete: undefined,
    stored: [],
    detected: {},
  },
];

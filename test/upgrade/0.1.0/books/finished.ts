import { FORBIDDEN, has, NOT_READY, WITH_ANALYTICS } from '../../played/played-book.ts';
import type { UpgradedBook } from '../../upgraded-book.ts';
import { allStored, bookOf, documentOf } from './book.ts';

/** Books whose capture has ended, with everything stored, as far as probes go. */
export const FINISHED_BOOKS: readonly UpgradedBook[] = [
  allStored(
    'complete for 20 days, everything stored, polled daily; an event names it by its pk only, and its forms were corrected',
    bookOf('settled', 1, { answers: { ...WITH_ANALYTICS, 'forms#settled-d1': has(2) } }),
  ),
  allStored('complete for 44 days, no longer polled', bookOf('settled-old', 2)),
  allStored(
    'complete, the first probe is due tomorrow; another product exists by now',
    bookOf('probe-first', 3, { answers: { classification: has() } }),
  ),
  allStored(
    'complete, the first probe was refused',
    bookOf('probe-second', 4, { answers: { classification: has() } }),
  ),
  allStored(
    'complete, three probes were refused: the last one ended them',
    bookOf('probe-over', 5, { answers: { classification: FORBIDDEN } }),
  ),
  allStored(
    'complete, a probe was answered "not yet" and is repeated',
    bookOf('probe-repeated', 6, { answers: { income: NOT_READY } }),
  ),
  allStored(
    'complete in its second generation: a document changed from COMPLETED to VERIFICATION_COMPLETE',
    bookOf('upgraded', 7, {
      answers: { 'forms#upgraded-d1': has(2), 'transactions#upgraded-d1': has(2), paystubs: has(2) },
    }),
  ),
  allStored(
    'complete: every document is rejected',
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
    'complete: Ocrolus only classifies it',
    bookOf('classified', 9, {
      status: 'VERIFYING',
      bookClass: 'INSTANT_CLASSIFY_ONLY',
      documents: [documentOf('classified-d1', 91, { status: 'CLASSIFIED' })],
      answers: { classification: has(), paystubs: FORBIDDEN },
    }),
    { stored: ['classification'], detected: {} },
  ),
  allStored(
    'complete, without any webhook: discovered by the poller, with the lender’s own key',
    bookOf('discovered', 10, { xid: 'loan-10' }),
  ),
  allStored(
    'complete in its second generation: a document is no longer listed',
    bookOf('unlisted', 11, { answers: { paystubs: has(2) } }),
  ),
  {
    ...allStored(
      'deleted, with results of before',
      bookOf('deleted', 12, { status: 'DELETED', documents: [] }),
    ),
    complete: undefined,
    stored: [],
    detected: {},
  },
];

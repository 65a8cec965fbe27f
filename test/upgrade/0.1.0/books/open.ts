import { FORBIDDEN, has, WITH_ANALYTICS } from '../../played/played-book.ts';
import type { UpgradedBook } from '../../upgraded-book.ts';
import { allStored, bookOf, documentOf } from './book.ts';

/** Books that lack something; after the upgrade, Ocrolus has all of it. */
export const OPEN_BOOKS: readonly UpgradedBook[] = [
  allStored(
    bookOf('processing', 13, {
      documents: [documentOf('processing-d1', 131), documentOf('processing-d2', 132)],
    }),
  ),
  allStored(bookOf('forms-late', 14)),
  allStored(
    bookOf('signals-late', 15, {
      documents: [documentOf('signals-late-d1', 151), documentOf('signals-late-d2', 152)],
    }),
  ),
  allStored(
    bookOf('detect-absent', 16, {
      documents: [
        documentOf('detect-absent-d1', 161),
        { uuid: 'detect-absent-d2', pk: '700162', status: 'VERIFICATION_COMPLETE' },
      ],
    }),
  ),
  allStored(
    bookOf('job', 17, {
      answers: {
        ...WITH_ANALYTICS,
        'enriched-transactions': has(1, { job: { id: 'job-17', isDone: true } }),
      },
    }),
  ),
  allStored(
    bookOf('job-lost', 18, {
      answers: { ...WITH_ANALYTICS, summary: has(1, { job: { id: 'job-18-again', isDone: true } }) },
    }),
  ),
  allStored(bookOf('refused', 19)),
  allStored(bookOf('expired', 20, { answers: { summary: has() } }), {
    later: [
      { event: 'DOC_VERIFIED', ids: { book_uuid: 'expired', uploaded_doc_uuid: 'expired-d1' } },
      { event: 'book.analytics_v2.generated', ids: { book_uuid: 'expired' } },
    ],
  }),
  allStored(
    bookOf('reverified', 21, {
      documents: [documentOf('reverified-d1', 211), documentOf('reverified-d2', 212)],
      answers: {
        ...WITH_ANALYTICS,
        'forms#reverified-d1': has(2),
        'transactions#reverified-d1': has(2),
        summary: has(2),
        'cash-flow': has(2),
        'enriched-transactions': has(2),
        paystubs: has(2),
        signals: has(2),
      },
    }),
  ),
  allStored(
    bookOf('early', 22, {
      documents: [documentOf('early-d1', 221), documentOf('early-d2', 222)],
      answers: {
        ...WITH_ANALYTICS,
        summary: has(2),
        'cash-flow': has(2),
        'enriched-transactions': has(2),
        signals: has(2),
      },
    }),
  ),
  allStored(
    bookOf('remembered', 23, {
      documents: [
        documentOf('remembered-d1', 231),
        documentOf('remembered-d2', 232, { imageGroupPk: '60023' }),
      ],
    }),
  ),
  allStored(bookOf('held', 24)),
  allStored(
    bookOf('round', 25, {
      documents: [
        documentOf('round-d1', 251),
        { uuid: 'round-d2', pk: '700252', status: 'REJECTED', rejectionReason: 'INVALID DOCUMENT' },
      ],
    }),
  ),
  allStored(bookOf('stuck', 26)),
  allStored(bookOf('retrying', 27)),
  allStored(bookOf('throttled', 28)),
  allStored(
    bookOf('circuit-open', 29, {
      account: 'south',
      answers: { income: has(), 'suspicious-activity': FORBIDDEN },
    }),
  ),
];

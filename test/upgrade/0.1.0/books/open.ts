import { FORBIDDEN, has, WITH_ANALYTICS } from '../../played/played-book.ts';
import type { UpgradedBook } from '../../upgraded-book.ts';
import { allStored, bookOf, documentOf } from './book.ts';

/** Books that lack something; after the upgrade, Ocrolus has all of it. */
export const OPEN_BOOKS: readonly UpgradedBook[] = [
  allStored(
    'being processed: one of two documents is verified and stored',
    bookOf('processing', 13, {
      documents: [documentOf('processing-d1', 131), documentOf('processing-d2', 132)],
    }),
  ),
  allStored('verified, forms of its document are not ready: a pending entry', bookOf('forms-late', 14)),
  allStored(
    'verified, Detect is still processing one of two documents',
    bookOf('signals-late', 15, {
      documents: [documentOf('signals-late-d1', 151), documentOf('signals-late-d2', 152)],
    }),
  ),
  allStored(
    'verified, Detect does not list one of two documents, and never will',
    bookOf('detect-absent', 16, {
      documents: [
        documentOf('detect-absent-d1', 161),
        { uuid: 'detect-absent-d2', pk: '700162', status: 'VERIFICATION_COMPLETE' },
      ],
    }),
  ),
  allStored(
    'verified, a job computes its enriched transactions',
    bookOf('job', 17, {
      answers: {
        ...WITH_ANALYTICS,
        'enriched-transactions': has(1, { job: { id: 'job-17', isDone: true } }),
      },
    }),
  ),
  allStored(
    'verified, its job is lost',
    bookOf('job-lost', 18, {
      answers: { ...WITH_ANALYTICS, summary: has(1, { job: { id: 'job-18-again', isDone: true } }) },
    }),
  ),
  allStored('verified, pay stubs have been refused for hours: a wanted entry', bookOf('refused', 19)),
  allStored(
    'verified 43 days ago, forms and summary were refused until their entries expired; events name them again',
    bookOf('expired', 20, { answers: { summary: has() } }),
    {
      later: [
        { event: 'DOC_VERIFIED', ids: { book_uuid: 'expired', uploaded_doc_uuid: 'expired-d1' } },
        { event: 'book.analytics_v2.generated', ids: { book_uuid: 'expired' } },
      ],
    },
  ),
  allStored(
    'back at work in its second generation: entries of the first one are void, as are those of a document that is processed again',
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
    'being processed: analytics and signals were stored early',
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
    'being processed, an event has named an image group that Book status does not list yet: remembered, by a stage whose policy for forms and transactions was `announced`',
    bookOf('remembered', 23, {
      documents: [
        documentOf('remembered-d1', 231),
        documentOf('remembered-d2', 232, { imageGroupPk: '60023' }),
      ],
    }),
  ),
  allStored(
    'verified, the message of its event was received twice: held, and the message waits for its third receive',
    bookOf('held', 24),
  ),
  allStored(
    'verified, discovered by the poller, which has sent messages that are not processed: a round is under way',
    bookOf('round', 25, {
      documents: [
        documentOf('round-d1', 251),
        { uuid: 'round-d2', pk: '700252', status: 'REJECTED', rejectionReason: 'INVALID DOCUMENT' },
      ],
    }),
  ),
  allStored('being processed, unchanged for 44 days: stuck, polled monthly', bookOf('stuck', 26)),
  allStored(
    'Book status fails: its delivery is being retried, and the ledger has the codes',
    bookOf('retrying', 27),
  ),
  allStored(
    'Book status was throttled ten times: the message of its event was sent again, with `repeated`',
    bookOf('throttled', 28),
  ),
  allStored(
    'verified, income is refused to every book of the account: the circuit is open, and a canary is on its way',
    bookOf('circuit-open', 29, {
      account: 'south',
      answers: { income: has(), 'suspicious-activity': FORBIDDEN },
    }),
  ),
];

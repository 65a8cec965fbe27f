import { FORBIDDEN, has } from '../../played/played-book.ts';
import type { UpgradedBook } from '../../upgraded-book.ts';
import { allStored, bookOf, documentOf } from './book.ts';

/** Books of which Ocrolus has something unusual. */
export const SHAPED_BOOKS: readonly UpgradedBook[] = [
  allStored(
    'complete; a product counts as not served to the account',
    bookOf('not-served', 30, { account: 'south', answers: { 'suspicious-activity': FORBIDDEN } }),
  ),
  allStored(
    'complete, both documents belong to an image group; its event is in the queue',
    bookOf('group', 31, {
      documents: [
        documentOf('group-d1', 311, { imageGroupPk: '60031' }),
        documentOf('group-d2', 312, { imageGroupPk: '60031' }),
      ],
    }),
  ),
  allStored(
    'complete: a split PDF, and its parts, of which one has its forms under its pk only',
    bookOf('split', 32, {
      documents: [
        documentOf('split-d1', 321, { mixedPk: '700320', hasFormsByPkOnly: true }),
        documentOf('split-d2', 322, { mixedPk: '700320', detect: 'UNABLE_TO_PROCESS' }),
      ],
      mixed: [{ uuid: 'split-pdf', pk: '700320', status: 'COMPLETED' }],
    }),
  ),
  allStored(
    'complete, with enriched transactions in three pages',
    bookOf('pages', 33, { answers: { 'enriched-transactions': has(1, { rows: 5, pageRows: 2 }) } }),
  ),
  allStored(
    'verified, with an unfinished set of pages',
    bookOf('pages-left', 34, { answers: { 'enriched-transactions': has(1, { rows: 5, pageRows: 2 }) } }),
  ),
  allStored(
    'complete, with a body in the bucket, and a delivery whose body is in the bucket in the queue',
    bookOf('large', 35, { answers: { 'forms#large-d1': has(1, { bytes: 11_500 }) } }),
  ),
  allStored(
    'verified: income was edited; one business and one analytics request are not done, another request has expired',
    bookOf('named', 36, {
      answers: {
        income: has(2),
        'suspicious-activity': has(),
        analytics: has(),
        'business#middesk-36': has(2),
        'analytics#request-36': has(2),
        'analytics#request-36-old': has(1, { state: 'EXPIRED' }),
      },
    }),
    {
      stored: [
        'forms#named-d1',
        'transactions#named-d1',
        'paystubs',
        'income',
        'suspicious-activity',
        'analytics',
        'business#middesk-36',
        'analytics#request-36',
      ],
    },
  ),
];

import { FORBIDDEN, has } from '../../played/played-book.ts';
import type { UpgradedBook } from '../../upgraded-book.ts';
import { allStored, bookOf, documentOf } from './book.ts';

/** Books of which Ocrolus has something unusual. */
export const SHAPED_BOOKS: readonly UpgradedBook[] = [
  allStored(bookOf('not-served', 30, { account: 'south', answers: { 'suspicious-activity': FORBIDDEN } })),
  allStored(
    bookOf('group', 31, {
      documents: [
        documentOf('group-d1', 311, { imageGroupPk: '60031' }),
        documentOf('group-d2', 312, { imageGroupPk: '60031' }),
      ],
    }),
  ),
  allStored(
    bookOf('split', 32, {
      documents: [
        documentOf('split-d1', 321, { mixedPk: '700320', hasFormsByPkOnly: true }),
        documentOf('split-d2', 322, { mixedPk: '700320', detect: 'UNABLE_TO_PROCESS' }),
      ],
      mixed: [{ uuid: 'split-pdf', pk: '700320', status: 'COMPLETED' }],
    }),
  ),
  allStored(bookOf('pages', 33, { answers: { 'enriched-transactions': has(1, { rows: 5, pageRows: 2 }) } })),
  allStored(
    bookOf('pages-left', 34, { answers: { 'enriched-transactions': has(1, { rows: 5, pageRows: 2 }) } }),
  ),
  allStored(bookOf('large', 35, { answers: { 'forms#large-d1': has(1, { bytes: 11_500 }) } })),
  allStored(
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

import fc from 'fast-check';
import type { Delivering, Life, Move, Naming } from './moves.ts';
import { FAULT_REPLIES, type Fault, OPERATIONS } from './replies.ts';
import type { Computing } from './truth.ts';

const EDITS = [
  'DOC_VERIFIED',
  'document.verification_succeeded',
  'document.detect.signal_found',
  'document.detect.signal_not_found',
  'book.detect.signal_found',
  'book.analytics_v2.generated',
  'book.income.updated',
  'SUSPICIOUS_ACTIVITY',
  'ANALYTICS_COMPLETED',
  'book.classified',
] as const;

const HINTS = [
  ...EDITS,
  'BOOK_VERIFIED',
  'book.completed',
  'IMAGE_GROUP_VERIFIED',
  'document.upload_succeeded',
  'document.detect.unable_to_process',
  'mixed_document.rejected',
];

const small = fc.nat({ max: 3 });
const book = fc.nat({ max: 1 });

const computing: fc.Arbitrary<Computing> = fc.record({
  permanent: fc.option(
    fc.constantFrom(
      'forms',
      'transactions',
      'summary',
      'cash-flow',
      'paystubs',
      'income',
      'enriched-transactions',
    ),
    { nil: undefined, freq: 5 },
  ),
  delayMs: fc.constantFrom(0, 0, 0, 2_000, 120_000, 3_600_000, 20 * 3_600_000),
  jobMs: fc.constantFrom(undefined, undefined, 0, 600_000, 5 * 3_600_000, 20 * 3_600_000),
}) as fc.Arbitrary<Computing>;

const naming: fc.Arbitrary<Naming> = fc.record({
  book: fc.constantFrom('uuid', 'uuid', 'pk', 'both', 'none'),
  document: fc.constantFrom('uuid', 'pk', 'both'),
  isWrongAccount: fc.constantFrom(false, false, false, true),
});

const delivering: fc.Arbitrary<Delivering> = fc.record({
  naming,
  copies: fc.constantFrom(1, 1, 1, 2, 3),
  lateSeconds: fc.constantFrom(0, 0, 1, 4, 30, 600, 7200, 100_000),
});

const maybeDelivered = fc.option(delivering, { nil: undefined, freq: 1 });

const waits = fc.constantFrom(1, 4, 7, 20, 60, 400, 700, 3700, 30_000, 90_000, 260_000);

export const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: waits }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('live' as const), hours: fc.constantFrom(1, 1, 2, 5, 30) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('poll' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('consume' as const),
      most: fc.integer({ min: 1, max: 5 }),
      isTwice: fc.constantFrom(false, false, false, false, true),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('step' as const), count: fc.nat({ max: 25 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('trap' as const),
      trap: fc.record({
        at: fc.integer({ min: 1, max: 30 }),
        does: fc.constantFrom('kill-before', 'kill-after', 'throttle'),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      operation: fc.oneof(fc.constant('all'), fc.constantFrom(...OPERATIONS)),
      reply: fc.constantFrom(...(Object.keys(FAULT_REPLIES) as Fault['reply'][])),
      hours: fc.constantFrom(0.01, 0.1, 1, 8, 30, 100),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      book,
      shape: fc.constantFrom('document', 'document', 'document', 'mixed', 'mixed-by-pk', 'of-group'),
      isAbsentFromDetect: fc.constantFrom(false, false, false, false, true),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('document' as const),
      book,
      document: small,
      status: fc.constantFrom(
        'VERIFYING',
        'VERIFYING',
        'VERIFICATION_COMPLETE',
        'VERIFICATION_COMPLETE',
        'VERIFICATION_COMPLETE',
        'REJECTED',
        'COMPLETED',
        'CLASSIFIED',
        'ON_HOLD',
        'FAILED',
        'DELETED',
      ),
      how: computing,
      event: maybeDelivered,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      book,
      document: small,
      isListed: fc.boolean(),
      how: computing,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('book' as const),
      book,
      status: fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom('VERIFYING', 'VERIFIED', 'VERIFIED', 'UPLOAD') },
        { weight: 1, arbitrary: fc.constant('DELETED') },
      ),
      how: computing,
      event: maybeDelivered,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('finish' as const),
      book,
      how: computing,
      event: maybeDelivered,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('partial' as const), book, isPartial: fc.boolean() }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      book,
      document: small,
      event: fc.constantFrom(...EDITS),
      how: computing,
      delivering,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('event' as const),
      book,
      document: small,
      event: fc.constantFrom(...HINTS),
      delivering,
    }),
  },
);

export const anyLife: fc.Arbitrary<Life> = fc.record({
  books: fc.constantFrom(1, 1, 1, 2),
  isDiscovering: fc.boolean(),
  owner: fc.constantFrom('default', 'default', 'other'),
  disabled: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(['summary'], ['enriched-transactions'], ['paystubs'], ['income']),
    },
  ),
  always: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(['income'], ['suspicious-activity', 'analytics'], ['classification']),
    },
  ),
  order: fc.nat({ max: 0x7fffffff }),
  moves: fc.array(anyMove, { minLength: 5, maxLength: 45, size: 'max' }),
  ends: fc.constantFrom(true, true, true, false),
});

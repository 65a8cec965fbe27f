import fc from 'fast-check';
import type { CircuitState } from '../../../shared/checklist/circuit-state.ts';
import type { Entries } from '../../../shared/checklist/entry.ts';
import { CLASSIFY_ONLY, DEFAULT_RESULTS, POLICIES, RESULT_KINDS } from '../../../shared/checklist/kinds.ts';
import { isCapturable, isCaptureEnded } from '../../../shared/checklist/observation.ts';
import type { PlanInput, PlannedDocument } from '../../../shared/checklist/plan-input.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { document, observation, second, TIMES } from '../../store/testing/observations.ts';
import { anyEntry } from './arbitraries.ts';
import { DAY, time } from './checklists.ts';

export const RUNS = { numRuns: 1000 };

const BOOK_NAMES = [
  ...RESULT_KINDS.filter((kind) => !['forms', 'transactions'].includes(kind)),
  'analytics#r',
  'business#x',
];

const DOCUMENT_NAMES = ['forms', 'transactions', 'signals'];

const entriesOf = (names: readonly string[]): fc.Arbitrary<Entries> =>
  fc
    .array(fc.tuple(fc.constantFrom(...names), anyEntry()), { maxLength: names.length })
    .map((pairs) =>
      Object.fromEntries(pairs.flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry]]))),
    );

const anyCircuit: fc.Arbitrary<CircuitState> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ state: 'closed' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      state: fc.constantFrom('open', 'canary'),
      since: fc.constantFrom(second(0), second(-2 * DAY)),
      code: fc.constant('http-403'),
    }),
  },
);

const anyStored: fc.Arbitrary<PlannedDocument> = fc.record({
  status: fc.constantFrom('VERIFYING', 'VERIFICATION_COMPLETE', 'REJECTED', 'UNLISTED'),
  // Entries are of this version or of an earlier one.
  version: fc.constant(2),
  entries: entriesOf(DOCUMENT_NAMES),
});

const anyObserved = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom('d', 'e', 'f'),
      fc.constantFrom('VERIFYING', 'CLASSIFIED', 'VERIFICATION_COMPLETE', 'REJECTED'),
    )
    .map(([uuid, status]) => document(status, uuid)),
  { selector: ({ docUuid }) => docUuid },
);

/** Whatever a book, its checklist, its documents, the circuits and the stage's policy may be. */
export const anyInput: fc.Arbitrary<PlanInput> = fc
  .record({
    status: fc.constantFrom('VERIFYING', 'VERIFIED', 'VERIFIED', 'DELETED'),
    bookClass: fc.constantFrom(undefined, 'COMPLETE', CLASSIFY_ONLY),
    entries: entriesOf(BOOK_NAMES),
    observed: anyObserved,
    isLookedAt: fc.boolean(),
    stored: fc.dictionary(fc.constantFrom('d', 'e', 'f'), anyStored, { noNullPrototype: true }),
    policy: fc.record(
      Object.fromEntries(
        RESULT_KINDS.map((kind) => [
          kind,
          fc.oneof(
            { weight: 3, arbitrary: fc.constant(DEFAULT_RESULTS[kind]) },
            { weight: 1, arbitrary: fc.constantFrom(...POLICIES) },
          ),
        ]),
      ) as unknown as Record<ResultKind, fc.Arbitrary<(typeof POLICIES)[number]>>,
    ),
    circuits: fc.dictionary(fc.constantFrom(...RESULT_KINDS), anyCircuit, { noNullPrototype: true }),
    round: fc.option(fc.nat(400), { nil: undefined }),
    now: fc.integer({ min: 200, max: 500 }),
    isUrgent: fc.boolean(),
  })
  .map(
    ({
      status,
      bookClass,
      entries,
      observed,
      isLookedAt,
      stored,
      policy,
      circuits,
      round,
      now,
      isUrgent,
    }) => {
      const seen = {
        ...observation('b', 0, status, observed),
        ...(bookClass !== undefined && { bookClass }),
      };
      return {
        book: {
          bookId: 'b',
          status,
          bookClass,
          generation: 2,
          endedAt: isCaptureEnded(seen) ? second(50) : undefined,
          hasResults: observed.some(isCapturable),
          round: round === undefined ? undefined : { nextAt: second(round) },
          entries,
        },
        documents: isLookedAt ? { observation: seen, stored: new Map(Object.entries(stored)) } : undefined,
        policy,
        circuit: (kind) => circuits[kind] ?? { state: 'closed' },
        now: time(now),
        times: TIMES,
        isUrgent,
      };
    },
  );

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ListHistory, type Nature, WEEK } from './testing/list-history.ts';

const RUNS = Number(process.env.DISCOVERY_RUNS ?? 40);

const anyNature: fc.Arbitrary<Nature> = fc.record({
  seed: fc.nat(),
  isBusy: fc.boolean(),
  isPaged: fc.constantFrom(true, true, true, true, false),
  dated: fc.constantFrom(1, 1, 0.7, 0),
  crashes: fc.boolean(),
  overlaps: fc.boolean(),
  isOld: fc.boolean(),
  scale: fc.constantFrom(1, 0.01),
});

test('whatever happens to the list and to the runs, a book is known after a week, or when the recent books were read twice', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(anyNature, async (nature) => {
      const history = await ListHistory.create(nature);
      await history.play(2 * WEEK);
      expect(history.problems).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

import { expect, inject, test } from 'vitest';
import { readProfile } from './faults.ts';
import { runChaos } from './run.ts';

/** A small one; more books and longer runs: `npm run chaos`. */
test.each([1])('after a fault run the table equals Ocrolus, seed %i', { timeout: 240_000 }, async (seed) => {
  const figures = await runChaos({
    seed,
    books: 6,
    largest: 6,
    profile: readProfile([]),
    assembly: inject('assembly'),
    patienceSeconds: 120,
  });
  expect(figures.differences, figures.story).toEqual([]);
  expect(figures).toMatchObject({ dead: 0, queued: 0 });
  expect(figures.observationsChecked).toBeGreaterThan(0);
  expect(figures.overloads).toBeGreaterThan(0);
  expect(figures.entriesChecked).toBeGreaterThan(0);
  expect(figures.completionsChecked).toBeGreaterThan(0);
  expect(figures.accepted).toBeGreaterThan(figures.books);
});

import { expect, inject, test } from 'vitest';
import { runChaos } from './run.ts';

/** A small one; more books and longer runs: `npm run chaos`. */
test('after a run with faults the table equals Ocrolus', { timeout: 240_000 }, async () => {
  const figures = await runChaos({
    seed: 1,
    books: 6,
    largest: 6,
    assembly: inject('assembly'),
    patienceSeconds: 120,
  });
  expect(figures).toMatchObject({ differences: [], dead: 0, queued: 0, neverStruck: [] });
  expect(figures.accepted).toBeGreaterThan(figures.books);
});

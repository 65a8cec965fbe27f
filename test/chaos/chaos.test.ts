import { expect, inject, test } from 'vitest';
import { readWeather } from './faults.ts';
import { runChaos } from './run.ts';

/** Most of the time is spent waiting for the poller's turn. More seeds, and longer: `npm run chaos`. */
test.each([1])('after a storm the table equals Ocrolus, seed %i', { timeout: 300_000 }, async (seed) => {
  const figures = await runChaos({
    seed,
    books: 8,
    largest: 12,
    weather: readWeather([]),
    assembly: inject('assembly'),
    patienceSeconds: 60,
  });
  expect(figures.differences, figures.story).toEqual([]);
  expect(figures).toMatchObject({ dead: 0, queued: 0 });
  expect(figures.observationsChecked).toBeGreaterThan(0);
  expect(figures.accepted).toBeGreaterThan(figures.books);
});

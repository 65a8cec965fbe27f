import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyLife } from './any-life.ts';
import { play } from './play.ts';

/** More of them, and others each time: `LIVES=5000 npx vitest run test/reconcile/life`. */
const { LIVES } = process.env;
/** The same ones in every run of `npm test`. */
const FEW = { numRuns: 250, seed: 1, interruptAfterTimeLimit: 45_000 };

/** A failure prints `seed` and `path`: `LIFE_SEED=… LIFE_PATH=…` plays that life again. */
const { LIFE_SEED: seed, LIFE_PATH: path } = process.env;

test(
  'whatever happens to a book, the table is what Ocrolus has',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyLife, async (life) => {
        const { problems, story } = await play(life);
        expect(problems, story.join('\n')).toEqual([]);
      }),
      {
        ...(LIVES === undefined ? FEW : { numRuns: Number(LIVES) }),
        ...(seed !== undefined && { seed: Number(seed) }),
        ...(path !== undefined && { path, endOnFailure: true }),
      },
    );
  },
  24 * 3_600_000,
);

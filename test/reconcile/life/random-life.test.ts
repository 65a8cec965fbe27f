import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyLife } from './moves.ts';
import { play } from './play.ts';

/** More of them: `LIVES=5000 npx vitest run test/reconcile/life`. */
const LIVES = Number(process.env.LIVES ?? 250);

/** A failure prints `seed` and `path`: `LIFE_SEED=… LIFE_PATH=…` plays that life again. */
const { LIFE_SEED: seed, LIFE_PATH: path } = process.env;

/** A life that fails is cut down to the moves that matter for at most so long. */
const SHRINKING_MS = 45_000;

test(
  'whatever happens to a book, the table is what Ocrolus has',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyLife, async (life) => {
        const { problems, story } = await play(life);
        expect(problems, story.join('\n')).toEqual([]);
      }),
      {
        numRuns: LIVES,
        ...(seed !== undefined && { seed: Number(seed) }),
        ...(path !== undefined && { path, endOnFailure: true }),
        ...(process.env.LIVES === undefined && { interruptAfterTimeLimit: SHRINKING_MS }),
      },
    );
  },
  24 * 3_600_000,
);

import { parseArgs } from 'node:util';
import * as z from 'zod';
import { Count, Whole } from '../../../testing/numbers.ts';
import { fuzz } from './fuzz.ts';

/**
 * `npm run fuzz -- [--cases N] [--seed S] [--first N] [--json]`: the long run. A problem is reported with the number of
 * its case: `--seed S --first NUMBER --cases 1` makes it again. Exit status 1 when there is one.
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
});
const { cases, seed, first } = z.object({ cases: Count, seed: Whole, first: Whole }).parse(values);
const startedAt = performance.now();
const report = await fuzz(seed, cases, first);
const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
console.log(JSON.stringify({ ...report, seconds }, null, values.json ? 0 : 2));
process.exitCode = report.problems.length === 0 ? 0 : 1;

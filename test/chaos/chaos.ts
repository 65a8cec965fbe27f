/** `npm run chaos -- --seed S --books N [--largest D] [--patience SECONDS] [--json]` */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { synthesize } from '../../infra/local/template/synthesize.ts';
import { Count, Whole } from '../testing/numbers.ts';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    books: { type: 'string', default: '40' },
    largest: { type: 'string', default: '200' },
    patience: { type: 'string', default: '120' },
    json: { type: 'boolean', default: false },
  },
});
const { patience: patienceSeconds, ...numbers } = z
  .object({ seed: Whole, books: Count, largest: Count, patience: Count })
  .parse(values);
const assembly = await mkdtemp(join(tmpdir(), 'ocrolus-webhooks-assembly-'));
try {
  await synthesize(assembly, () => {});
  const figures = await runChaos({ ...numbers, patienceSeconds, assembly });
  console.log(values.json ? JSON.stringify(figures) : figures);
  const isClean = figures.differences.length + figures.dead + figures.queued === 0;
  process.exitCode = isClean ? 0 : 1;
} finally {
  await rm(assembly, { recursive: true, force: true });
}

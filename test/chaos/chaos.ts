/** `npm run chaos -- --seed S --books N [--largest D] [--only FAULT]… [--patience SECONDS] [--log FILE] [--json]` */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { synthesize } from '../../infra/local/template/synthesize.ts';
import { Count, Whole } from '../testing/numbers.ts';
import { readFaults } from './faults.ts';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    books: { type: 'string', default: '40' },
    largest: { type: 'string', default: '200' },
    only: { type: 'string', multiple: true, default: [] },
    patience: { type: 'string', default: '120' },
    /** A folder with a synthesized app. */
    assembly: { type: 'string' },
    /** Where the log lines of the functions go; they are dropped otherwise. */
    log: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const { seed, books, largest, patience } = z
  .object({ seed: Whole, books: Count, largest: Count, patience: Count })
  .parse(values);

const logFile = values.log === undefined ? undefined : createWriteStream(values.log);
const say = (text: string) => process.stderr.write(`${text}\n`);
const folder = values.assembly ?? (await mkdtemp(join(tmpdir(), 'ocrolus-webhooks-assembly-')));
try {
  if (values.assembly === undefined) await synthesize(folder, () => {});
  const figures = await runChaos({
    seed,
    books,
    largest,
    patienceSeconds: patience,
    faults: readFaults(values.only),
    assembly: folder,
    say,
    ...(logFile !== undefined && { log: (source, line) => logFile.write(`${source} ${line}\n`) }),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else console.log(figures);
  const isClean = figures.differences.length + figures.dead + figures.queued === 0;
  process.exitCode = isClean ? 0 : 1;
} finally {
  if (values.assembly === undefined) await rm(folder, { recursive: true, force: true });
}

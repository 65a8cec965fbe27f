import { parseArgs } from 'node:util';
import { type CatchOptions, catchBySeed, catchByTests, ProjectCopy } from './catch.ts';
import { MUTATIONS } from './list/all.ts';
import type { Mutation } from './mutation.ts';

const USAGE = `npm run mutations -- [options]

  --seeds A,B,C    that are tried one after the other (201,202,203)
  --deliveries N   per seed (600)
  --days D         of the phase in which things go wrong (6)
  --only TEXT      mutations whose file or reason has this in it
  --all            run the seeds also where a test has found the mutation
  --workers N      copies of the project that are worked on at a time (1)
  --json

Changes one line of a copy of the project at a time, and prints what finds it. Exit status 1 when nothing finds one.`;

interface Row {
  readonly mutation: Mutation;
  readonly seed: string | undefined;
  readonly test: string | undefined;
  readonly error?: string;
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '201,202,203' },
    deliveries: { type: 'string', default: '600' },
    days: { type: 'string', default: '6' },
    only: { type: 'string' },
    workers: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else await mutateAll();

async function mutateAll(): Promise<void> {
  const options: CatchOptions = {
    seeds: values.seeds.split(',').map(Number),
    deliveries: Number(values.deliveries),
    days: Number(values.days),
  };
  const { only = '' } = values;
  const waiting = MUTATIONS.filter(({ file, why }) => `${file} ${why}`.includes(only));
  const rows: Row[] = [];
  await Promise.all(
    Array.from({ length: Number(values.workers) }, async () => {
      using copy = new ProjectCopy();
      for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
        const row = await tryMutation(copy, mutation, options);
        rows.push(row);
        console.error(`${mutation.file}: ${mutation.why}: ${verdictOf(row)}`);
      }
    }),
  );
  if (values.json) console.log(JSON.stringify(rows));
  else print(rows);
  if (rows.some((row) => !isCaught(row))) process.exitCode = 1;
}

async function tryMutation(copy: ProjectCopy, mutation: Mutation, options: CatchOptions): Promise<Row> {
  try {
    return await copy.with(mutation, async () => {
      const test = await catchByTests(copy, mutation.file);
      const seed = test === undefined || values.all ? await catchBySeed(copy, options) : undefined;
      return { mutation, seed, test };
    });
  } catch (error) {
    return { mutation, seed: undefined, test: undefined, error: String(error) };
  }
}

function isCaught({ seed, test }: Row): boolean {
  return seed !== undefined || test !== undefined;
}

function verdictOf({ seed, test, error }: Row): string {
  if (error !== undefined) return error;
  const found = [test && `test "${test}"`, seed].filter((one) => one !== undefined);
  return found.length === 0 ? 'NOT CAUGHT' : found.join('; ');
}

function print(rows: readonly Row[]): void {
  console.log('| file | mutation | caught by |\n|---|---|---|');
  for (const row of rows) console.log(`| ${row.mutation.file} | ${row.mutation.why} | ${verdictOf(row)} |`);
  const byTest = rows.filter(({ test }) => test !== undefined).length;
  const bySeed = rows.filter(({ seed }) => seed !== undefined).length;
  const missed = rows.filter((row) => !isCaught(row)).length;
  console.log(
    `\n${rows.length} mutations, ${byTest} caught by a test, ${bySeed} by a seed, ${missed} not caught`,
  );
}

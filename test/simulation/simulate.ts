import { readArguments, type SimulateArguments, USAGE } from './command/arguments.ts';
import { explain, runSeeds, type SeedResult, verdictOf } from './command/seeds.ts';
import { type RunReport, run } from './run.ts';

/** Figures of a run in the table of several. */
const FIGURES = [
  'deliveries',
  'days',
  'books',
  'results',
  'calls',
  'kills',
  'seconds',
  'hash',
] as const satisfies readonly (keyof RunReport)[];

try {
  const args = readArguments(process.argv.slice(2));
  if (args === undefined) console.log(USAGE);
  else {
    const results = await (args.seeds.length > 1 ? simulateMany(args) : simulateOne(args));
    process.exitCode = results.some((result) => verdictOf(result) !== undefined) ? 1 : 0;
  }
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 2;
}

async function simulateOne({ seeds, world, story, trace, json }: SimulateArguments): Promise<SeedResult[]> {
  const [seed = 1] = seeds;
  const report = await run({
    seed,
    ...world,
    storyOf: story,
    ...(trace && { trace: (line: string) => process.stderr.write(`${line}\n`) }),
  });
  const result: SeedResult = { seed, report };
  if (json) console.log(JSON.stringify(report));
  else {
    const { violations: _, story: lines, ...rest } = report;
    console.log(rest);
    if (verdictOf(result) !== undefined) console.log(explain(result, world));
    for (const line of lines) console.log(`  ${line}`);
  }
  return [result];
}

async function simulateMany(args: SimulateArguments): Promise<SeedResult[]> {
  const results = await runSeeds(args, (result) =>
    console.error(`seed ${result.seed}: ${verdictOf(result) ?? 'no violation'}`),
  );
  if (args.json) console.log(JSON.stringify(results));
  else {
    for (const result of results)
      if (verdictOf(result) !== undefined) console.log(`\n${explain(result, args.world)}`);
    console.table(results.map((result) => rowOf(result)));
  }
  return results;
}

function rowOf(result: SeedResult) {
  const { seed, report } = result;
  const figures = FIGURES.map((figure) => [figure, report?.[figure]]);
  return { seed, violations: verdictOf(result) ?? 'none', ...Object.fromEntries(figures) };
}

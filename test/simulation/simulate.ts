import { readArguments, type SimulateArguments, USAGE } from './command/arguments.ts';
import {
  commandFor,
  explain,
  hasFailed,
  printFailure,
  printSeed,
  printStory,
  printTable,
  runSeeds,
  type SeedReport,
} from './command/seed-process.ts';
import { type RunOptions, run } from './run.ts';

try {
  const args = readArguments(process.argv.slice(2));
  const [seed, second] = args?.seeds ?? [];
  if (args === undefined || seed === undefined) console.log(USAGE);
  else if (second !== undefined) process.exitCode = await simulateMany(args);
  else process.exitCode = await simulateOne(seed, args);
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 2;
}

/** @returns the exit status. */
async function simulateOne(seed: number, args: SimulateArguments): Promise<number> {
  const { deliveries, days, isCalm, switches, story, trace, explains, json } = args;
  const options: RunOptions = { seed, deliveries, days, isCalm, switches };
  const report = await run({
    ...options,
    ...(story !== undefined && { storiesOf: [story] }),
    ...(trace && { trace: (line: string) => process.stderr.write(`${line}\n`) }),
  });
  const isFailed = Object.keys(report.violationCounts).length > 0;
  const explanation =
    isFailed && explains && story === undefined ? await explain(options, report) : undefined;
  const command = commandFor(options, explanation?.bookUuid);
  const full: SeedReport = { ...report, command, ...(explanation !== undefined && { explanation }) };
  if (json) {
    console.log(JSON.stringify(full));
  } else {
    const { violations: _, stories: __, explanation: ___, ...rest } = full;
    console.log(rest);
    if (isFailed) printFailure(full);
    for (const lines of Object.values(report.stories)) printStory(lines);
  }
  return isFailed ? 1 : 0;
}

/** @returns the exit status. */
async function simulateMany(args: SimulateArguments): Promise<number> {
  const results = await runSeeds(args, printSeed);
  if (args.json) console.log(JSON.stringify(results));
  else {
    for (const { report } of results.filter(hasFailed)) if (report !== undefined) printFailure(report);
    printTable(results);
  }
  return results.some(hasFailed) ? 1 : 0;
}

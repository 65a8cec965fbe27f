import { FLAGS, without } from './design.ts';
import { explore, SITUATIONS } from './exhaustive.ts';
import { historiesOf, runHistory } from './histories.ts';
import { FAULTS, SCENARIOS } from './scenarios.ts';

const USAGE = `npm run model -- <command> [options]
  random [SEEDS]            SEEDS (100) histories of each scenario with each kind of faults
  targeted [SEEDS]          the same with long pauses, more deaths and copies
  generated [SEEDS]         SEEDS (1000) lives of a book, each with every kind of faults
  exhaustive [PREEMPTIONS]  every schedule of some situations with at most PREEMPTIONS (2) and one death
  witnesses [SEEDS]         finds a history that fails without each decision (see design.ts)
  trace HISTORY             SCENARIO/FAULTS/SEED, step by step; SCENARIO may be generated
options
  --without FLAG[,FLAG]     takes decisions back (see design.ts)
  --only NAME               one scenario or situation`;

const [command, ...rest] = process.argv.slice(2);
const option = (name: string) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
const flags = option('--without')?.split(',') ?? [];
const only = option('--only');
const argument = rest[0]?.startsWith('--') === true ? undefined : rest[0];
const names = SCENARIOS.map(({ name }) => name).filter((name) => only === undefined || name === only);
const kinds = Object.keys(FAULTS);

if (flags.some((flag) => !FLAGS.some((one) => one === flag))) fail(`unknown decision: ${flags}`);
else if (command === 'random') report(historiesOf(names, kinds, Number(argument ?? 100)));
else if (command === 'targeted') report(historiesOf(names, ['targeted'], Number(argument ?? 100)));
else if (command === 'generated') report(historiesOf(['generated'], kinds, Number(argument ?? 1000)));
else if (command === 'exhaustive') exhaustive(Number(argument ?? 2));
else if (command === 'witnesses') witnesses(Number(argument ?? 100));
else if (command === 'trace' && argument !== undefined)
  console.log(runHistory(argument, flags, { trace: console.log }));
else fail(USAGE);

function fail(text: string): void {
  console.error(text);
  process.exitCode = 2;
}

/** Runs histories, and prints those that fail and what the others cost. */
function report(histories: readonly string[]): void {
  let failed = 0;
  const sums = { calls: 0, looks: 0 };
  for (const history of histories) {
    const { violations, counts } = runHistory(history, flags);
    sums.calls += counts.calls;
    sums.looks += counts.looks;
    if (violations.length === 0) continue;
    failed += 1;
    if (failed <= 20) console.log(`FAILED ${history}: ${violations.join('; ')}`);
  }
  const average = Object.entries(sums).map(([name, sum]) => `${name} ${(sum / histories.length).toFixed(2)}`);
  console.log(`${failed} of ${histories.length} histories failed; on average: ${average.join(', ')}`);
  if (failed > 0) process.exitCode = 1;
}

function exhaustive(preemptions: number): void {
  for (const situation of SITUATIONS) {
    if (only !== undefined && only !== situation.name) continue;
    const { schedules, failed, first } = explore({ design: without(...flags), situation, preemptions });
    console.log(`${situation.name}: ${failed} of ${schedules} schedules failed`);
    if (first !== undefined) console.log(`  ${first}`);
    if (failed > 0) process.exitCode = 1;
  }
}

/** The first history, in the order of seeds, that fails without each decision. */
function witnesses(seeds: number): void {
  for (const flag of flags.length > 0 ? flags : FLAGS) {
    const found = historiesOf(names, kinds, seeds).find(
      (one) => runHistory(one, [flag]).violations.length > 0,
    );
    console.log(`  ${flag}: '${found ?? 'none'}',`);
  }
}

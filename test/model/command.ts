import { FLAGS, type Flag, type Witness, without } from './design.ts';
import { explore, SITUATIONS } from './exhaustive.ts';
import { ALL_FAULTS, type Case, runGenerated, runRandom, runTargeted } from './histories.ts';
import type { Outcome } from './history/options.ts';
import { FAULTS, SCENARIOS } from './scenarios.ts';
import { runHistory, violationsOf } from './witnesses.ts';

const USAGE = `npm run model -- <command> [options]
  random [SEEDS]            random histories: SEEDS (100) of each scenario and kind of faults
  targeted [SEEDS]          the same with long pauses, more deaths and copies
  generated [SEEDS]         SEEDS (1000) lives of a book, each with every kind of faults
  exhaustive [PREEMPTIONS]  every schedule of some situations with at most PREEMPTIONS (2) and one death
  witnesses [SEEDS]         finds a history that fails without each decision (see design.ts)
  trace HISTORY             'SCENARIO/FAULTS/SEED[ large]', step by step; SCENARIO or FAULTS may be generated or targeted
options
  --without FLAG[,FLAG]     takes decisions back (see design.ts)
  --only NAME               one scenario or situation`;

const [command, ...rest] = process.argv.slice(2);
const option = (name: string) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
const flags = (option('--without')?.split(',') ?? []) as Flag[];
const design = without(...flags);
const only = option('--only');
const argument = rest[0]?.startsWith('--') === true ? undefined : rest[0];
let runs = 0;
let failed = 0;

if (flags.some((flag) => !FLAGS.includes(flag))) fail(`unknown decision: ${flags}`);
else if (command === 'random') report(Object.keys(FAULTS), runRandom);
else if (command === 'targeted') report(['targeted'], runTargeted);
else if (command === 'generated') generated();
else if (command === 'exhaustive') exhaustive();
else if (command === 'witnesses') witnesses();
else if (command === 'trace' && argument !== undefined) trace(argument);
else fail(USAGE);

function fail(text: string): void {
  console.error(text);
  process.exitCode = 2;
}

/** Runs all scenarios, and prints one line for each. */
function report(kinds: readonly string[], runOne: (one: Case) => Outcome): void {
  for (const isLarge of [false, true])
    for (const scenario of SCENARIOS) {
      if ((only !== undefined && only !== scenario.name) || (isLarge && scenario.isSmall)) continue;
      const outcomes = kinds.flatMap((faults) =>
        seeds(100).map((seed) =>
          count(
            `${scenario.name}/${faults}/${seed}${isLarge ? ' large' : ''}`,
            runOne({ design, scenario, faults, seed, isLarge }),
          ),
        ),
      );
      const average = (of: (one: Outcome) => number) =>
        (outcomes.reduce((sum, one) => sum + of(one), 0) / outcomes.length).toFixed(1);
      const costs = `calls ${average(({ counts }) => counts.calls)}, looks ${average(({ counts }) => counts.looks)}`;
      const writes = average(({ table }) => table.writes);
      const name = `${scenario.name}${isLarge ? ', large' : ''}`.padEnd(38);
      console.log(`${name} ${costs}, writes ${writes}, brief ${average(({ brief }) => brief)}`);
    }
  sum();
}

function generated(): void {
  for (const seed of seeds(1000))
    for (const faults of Object.keys(ALL_FAULTS))
      for (const isLarge of [false, true]) {
        const name = `generated/${faults}/${seed}${isLarge ? ' large' : ''}`;
        count(name, runGenerated({ design, faults, seed, isLarge }));
      }
  sum();
}

function seeds(most: number): number[] {
  return Array.from({ length: Number(argument ?? most) }, (_, index) => index + 1);
}

function count(name: string, outcome: Outcome): Outcome {
  runs += 1;
  if (outcome.violations.length > 0) failed += 1;
  if (outcome.violations.length > 0 && failed <= 20)
    console.log(`FAILED ${name}: ${outcome.violations.join('; ')}`);
  return outcome;
}

function sum(): void {
  console.log(`${failed} of ${runs} histories failed`);
  if (failed > 0) process.exitCode = 1;
}

function exhaustive(): void {
  const preemptions = Number(argument ?? 2);
  for (const situation of SITUATIONS) {
    if (only !== undefined && only !== situation.name) continue;
    const found = explore({ design, situation, preemptions });
    console.log(`${situation.name}: ${found.failed} of ${found.schedules} schedules failed`);
    if (found.first !== undefined) console.log(`  ${found.first}`);
    runs += found.schedules;
    failed += found.failed;
  }
  sum();
}

/** The first history, in the order of seeds, that fails without each decision. */
function witnesses(): void {
  for (const flag of flags.length > 0 ? flags : FLAGS) console.log(`  ${flag}: ${witnessOf(flag) ?? 'none'}`);
}

function witnessOf(flag: Flag): Witness | undefined {
  const situation = SITUATIONS.find(({ name }) => violationsOf(name, [flag]).length > 0);
  if (situation !== undefined) return situation.name;
  for (const seed of seeds(100))
    for (const large of ['', ' large'])
      for (const { name, isSmall } of SCENARIOS) {
        if (large !== '' && isSmall) continue;
        const histories = [...Object.keys(FAULTS), 'targeted'].map(
          (faults) => `${name}/${faults}/${seed}${large}`,
        );
        const found = histories.find((one) => violationsOf(one, [flag]).length > 0);
        if (found !== undefined) return found;
      }
  return undefined;
}

function trace(history: string): void {
  console.log(runHistory(history, flags, console.log));
}

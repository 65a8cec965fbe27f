import { historiesOf, runHistory } from './histories.ts';
import { FAULTS, SCENARIOS } from './scenarios.ts';

const USAGE = `npm run model -- <command>
  random [SEEDS]     SEEDS (100) histories of each scenario with each kind of faults
  targeted [SEEDS]   the same with long pauses, more deaths and copies
  generated [SEEDS]  SEEDS (1000) lives of a book, each with every kind of faults
  trace HISTORY      SCENARIO/FAULTS/SEED, step by step; SCENARIO may be generated`;

const [command, argument] = process.argv.slice(2);
const names = SCENARIOS.map(({ name }) => name);
const kinds = Object.keys(FAULTS);

if (command === 'random') report(historiesOf(names, kinds, Number(argument ?? 100)));
else if (command === 'targeted') report(historiesOf(names, ['targeted'], Number(argument ?? 100)));
else if (command === 'generated') report(historiesOf(['generated'], kinds, Number(argument ?? 1000)));
else if (command === 'trace' && argument !== undefined) console.log(runHistory(argument, console.log));
else {
  console.error(USAGE);
  process.exitCode = 2;
}

/** Runs histories, and prints those that fail and what the others cost. */
function report(histories: readonly string[]): void {
  let failed = 0;
  const sums = { calls: 0, looks: 0 };
  for (const history of histories) {
    const { violations, counts } = runHistory(history);
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

import { type Flag, type Witness, without } from './design.ts';
import { explore, SITUATIONS } from './exhaustive.ts';
import { runGenerated, runRandom, runTargeted, scenarioOf } from './histories.ts';
import type { Outcome } from './history/options.ts';

/** Violations in the history of a witness, with a design without `flags`. For situations: with one preemption. */
export function violationsOf(witness: Witness, flags: readonly Flag[]): readonly string[] {
  const situation = SITUATIONS.find(({ name }) => name === witness);
  if (situation === undefined) return runHistory(witness, flags).violations;
  const search = { most: 2500, stopAtFirst: true };
  const { first } = explore({ design: without(...flags), situation, preemptions: 1 }, search);
  return first === undefined ? [] : [first];
}

/** `SCENARIO/FAULTS/SEED`, or the same with ` large`; `targeted` faults, or a `generated` scenario. */
export function runHistory(history: string, flags: readonly Flag[], trace?: (line: string) => void): Outcome {
  const [path = '', large] = history.split(' large');
  const [name = '', faults = '', seed] = path.split('/');
  const more = trace === undefined ? {} : { trace };
  const one = { design: without(...flags), faults, seed: Number(seed), isLarge: large !== undefined };
  if (name === 'generated') return runGenerated(one, more);
  const run = faults === 'targeted' ? runTargeted : runRandom;
  return run({ ...one, scenario: scenarioOf(name) }, more);
}

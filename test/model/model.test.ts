import { describe, expect, test } from 'vitest';
import { DESIGN } from './design.ts';
import { explore, SITUATIONS } from './exhaustive.ts';
import { ALL_FAULTS, type Case, randomOf, runGenerated, runRandom, runTargeted } from './histories.ts';
import type { Outcome, Scenario, Window } from './history/options.ts';
import { run } from './history/run.ts';
import { type StepName, stepsOf } from './ocrolus/steps.ts';
import { CALM, FAULTS, LIFE, SCENARIOS } from './scenarios.ts';

/** Failures of `seeds` histories of each kind, for books of both sizes. */
function failures(
  runOne: (one: Case) => Outcome,
  { seeds, kinds }: { seeds: number; kinds: readonly string[] },
): string[] {
  const failed: string[] = [];
  for (const isLarge of [false, true])
    for (const scenario of SCENARIOS)
      for (const faults of kinds)
        for (let seed = 1; seed <= seeds; seed += 1) {
          if (isLarge && scenario.isSmall) continue;
          const { violations } = runOne({ design: DESIGN, scenario, faults, seed, isLarge });
          if (violations.length > 0) failed.push(`${scenario.name}/${faults}/${seed} ${violations}`);
        }
  return failed;
}

describe('the rule', () => {
  test('holds in random histories of every scenario', () => {
    expect(failures(runRandom, { seeds: 3, kinds: Object.keys(FAULTS) })).toEqual([]);
  });

  test('holds in histories with long pauses, many deaths and copies', () => {
    expect(failures(runTargeted, { seeds: 6, kinds: ['targeted'] })).toEqual([]);
  });

  test('holds in generated lives of a book', () => {
    const failed: string[] = [];
    for (let seed = 1; seed <= 25; seed += 1)
      for (const faults of Object.keys(ALL_FAULTS))
        for (const isLarge of [false, true]) {
          const { violations } = runGenerated({ design: DESIGN, faults, seed, isLarge });
          if (violations.length > 0) failed.push(`${faults}/${seed} ${violations}`);
        }
    expect(failed).toEqual([]);
  });

  test.each(SITUATIONS)('holds in schedules of: $name', (situation) => {
    const found = explore({ design: DESIGN, situation, preemptions: 1 }, { most: 250 });
    expect(found).toMatchObject({ failed: 0 });
  });

  test('asks once for each derived result, however often a correction is announced', () => {
    const without = askedAfter([]);
    const asked = askedAfter(['correctX', 'announceBook', 'announceX', 'announceBook']);
    const more = Object.keys(asked).map((kind) => [kind, (asked[kind] ?? 0) - (without[kind] ?? 0)]);
    expect(Object.fromEntries(more)).toEqual({ summary: 1, rows: 1, income: 1, stubs: 1, forms: 8 });
  });
});

/** Requests by kind: of a book's life, and of what happens after it. */
function askedAfter(steps: readonly StepName[]): Readonly<Record<string, number>> {
  const scenario: Scenario = {
    name: 'life',
    policies: { stubs: 'always', rows: 'always', income: 'announced' },
    steps: stepsOf(`${LIFE} computeIncome`),
  };
  const window = (one: Window) => {
    const receiveAll = () => {
      one.receive(0);
      if (one.names().length === 0) return;
      for (let [name] = one.names(); name !== undefined; [name] = one.names()) one.step(name);
      receiveAll();
    };
    for (const step of steps) {
      one.world(step);
      receiveAll();
    }
  };
  const faults = { ...CALM, duplicate: 0 };
  const options = {
    design: DESIGN,
    scenario,
    faults,
    random: randomOf(1),
    consumers: 1,
    maxReceives: 3,
    window,
  };
  return run(options).counts.asked;
}

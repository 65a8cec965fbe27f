import type { Design } from './design.ts';
import type { Faults, Options, Outcome, Scenario } from './history/options.ts';
import { run } from './history/run.ts';
import { stepsOf } from './ocrolus/steps.ts';
import { CALM, FAULTS, LIFE, SCENARIOS } from './scenarios.ts';

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Case {
  readonly design: Design;
  readonly scenario: Scenario;
  /** A name in {@link FAULTS}. */
  readonly faults: string;
  readonly seed: number;
  readonly isLarge?: boolean;
}

function faultsOf(name: string): Faults {
  const faults = Object.entries(ALL_FAULTS).find(([one]) => one === name)?.[1];
  if (faults === undefined) throw new Error(`no faults ${name}`);
  return faults;
}

/** A random history. */
export function runRandom({ faults, seed, ...one }: Case, more: Partial<Options> = {}): Outcome {
  const random = randomOf(seed * 7919 + one.scenario.name.length * 31 + faults.length);
  return run({ ...one, faults: faultsOf(faults), random, consumers: 3, maxReceives: 20, ...more });
}

const TARGETED: Faults = {
  ...CALM,
  crash: 0.06,
  duplicate: 0.4,
  batch: 0.2,
  throttled: 0.02,
  early: 0.15,
  skew: 5,
};

/** Rare orders of steps: long pauses of single functions, more deaths, more copies. In every second one, many calls fail. */
export function runTargeted({ seed, ...one }: Omit<Case, 'faults'>, more: Partial<Options> = {}): Outcome {
  const random = randomOf(seed * 104729 + one.scenario.name.length);
  const faults = { ...TARGETED, fail: seed % 2 === 0 ? 0.4 : 0.05 };
  return run({ ...one, faults, random, consumers: 4, maxReceives: 40, burst: 0.9, ...more });
}

/** Possible events of a book after its capture has ended for the first time. */
const PARTS = [
  'editX',
  'editAnalytics',
  'announceX',
  'announceY',
  'announceBook',
  'announceAnalytics',
  'reopenX verifyX verifyBook compute',
  'reopenY verifyY verifyBook compute',
  'reopenY rejectY verifyBook compute',
  'removeY verifyBook compute',
  'quiet',
  // If the book opens again before a correction is processed, its event may not be enough.
  'quiet correctX quiet',
  'quiet correctX correctX quiet',
  'quiet correctX editX quiet',
  'editRows',
  'addRows',
  'computeIncome',
  'detectX',
  'detectX detectBook',
  'detectY',
  'breakX editX repair announceY',
  'breakBook editAnalytics editX repair',
  'failAJob',
].map(stepsOf);

/** Everything that can go wrong at once; a status that is shown late needs clocks that are right. */
export const ALL_FAULTS = {
  ...FAULTS,
  everything: { ...FAULTS.losses, crash: 0.03, duplicate: 0.3, fail: 0.15, skew: 5, jobs: true },
};

function generate(seed: number): Scenario {
  const random = randomOf(seed * 131 + 5);
  const chance = (probability: number) => random() < probability;
  const hasStubs = chance(0.5);
  // With pay stubs, first bodies are stored before any correction: see README.md, "Accepted".
  const steps = [...stepsOf(hasStubs ? `${LIFE} pause` : LIFE)];
  for (let left = 2 + Math.floor(random() * 5); left > 0; left -= 1) {
    const part = PARTS[Math.floor(random() * PARTS.length)] ?? [];
    // A removed document does not open again.
    if (steps.includes('removeY') && part.includes('reopenY')) continue;
    steps.push(...part);
  }
  return {
    name: 'generated',
    lossy: 4,
    steps,
    policies: {
      stubs: hasStubs ? 'always' : 'never',
      rows: chance(0.5) ? 'always' : 'never',
      income: chance(0.5) ? 'announced' : 'never',
      signals: chance(0.4) ? 'always' : 'never',
    },
    refusedSignals: chance(0.5) ? 0.3 : 0,
  };
}

/** A history of a generated life; in every second one, functions pause for long. */
export function runGenerated(
  { faults, seed, ...one }: Omit<Case, 'scenario'>,
  more: Partial<Options> = {},
): Outcome {
  const pauses = seed % 2 === 0 ? { burst: 0.9 } : {};
  const random = randomOf(seed * 977 + faults.length);
  const scenario = generate(seed);
  return run({
    ...one,
    scenario,
    faults: faultsOf(faults),
    random,
    consumers: 3,
    maxReceives: 30,
    ...pauses,
    ...more,
  });
}

export function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

import type { Policies } from './lines.ts';
import { type StepName, stepsOf } from './ocrolus.ts';

/** What happens to a book. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly StepName[];
  /** The events of so many first steps may be lost: statuses and answers show what they announce. */
  readonly lossy?: number;
  readonly policies?: Partial<Policies>;
  readonly maxSkew?: number;
  /** Nothing is announced early. */
  readonly isPunctual?: true;
  /** Items of book and documents expire at the end, while results stay, and then events arrive. */
  readonly expires?: true;
}

const LIFE = 'verifyX verifyY verifyBook compute';
const ALL_DERIVED = { stubs: 'always', income: 'announced' } as const;

/** The events of so many first steps may be lost: usually of a whole life. */
const scenario = (name: string, steps: string, more: Partial<Scenario> = {}): Scenario => ({
  name,
  steps: stepsOf(steps),
  lossy: 4,
  ...more,
});

export const SCENARIOS: readonly Scenario[] = [
  scenario('life', LIFE),
  scenario('edited', `${LIFE} editAnalytics editX editAnalytics editX`),
  scenario('reopened', `${LIFE} reopenX verifyX verifyBook compute editAnalytics`),
  scenario('rejected', `${LIFE} reopenY rejectY verifyBook compute editX`),
  scenario('late document', 'removeY verifyX verifyBook compute quiet verifyY compute', { lossy: 0 }),
  scenario('removed', `${LIFE} removeY editX`, { lossy: 5 }),
  scenario('duplicates', `${LIFE} announceX announceAnalytics announceBook announceX announceY`),
  scenario('expired', `${LIFE} editAnalytics editX`, { expires: true }),
  scenario('corrected', `${LIFE} quiet correctX`),
  scenario('corrected twice', `${LIFE} quiet correctX correctXSilently`),
  scenario('corrected, all kinds', `${LIFE} computeIncome quiet correctX quiet correctX`, {
    lossy: 0,
    policies: ALL_DERIVED,
  }),
  scenario('pay stubs', `${LIFE} pause editX reopenY rejectY verifyBook compute editX`, {
    policies: { stubs: 'always' },
  }),
  scenario('pay stubs of a reopened book', `${LIFE} pause reopenX verifyX verifyBook compute`, {
    lossy: 0,
    policies: { stubs: 'always' },
  }),
  scenario('corrected before its first body', `withholdX ${LIFE} wait correctXAtLast`, { lossy: 0 }),
  scenario('corrected at once', `${LIFE} pause correctXAtOnce`, { lossy: 0 }),
  scenario('corrected, computed later', `${LIFE} quiet correctXSlowly`, { maxSkew: 1, isPunctual: true }),
  scenario('income', `${LIFE} computeIncome editX`, { lossy: 5, policies: { income: 'announced' } }),
  scenario('late income', `${LIFE} computeIncomeIn2Days`, { policies: { income: 'announced' } }),
  scenario('ISO workflow', 'classifyY verifyX compute editX', { lossy: 4 }),
  scenario('only classified, then upgraded', 'classifyX classifyY quiet reopenY verifyY compute', {
    lossy: 6,
  }),
  scenario('never computed', 'verifyX verifyY verifyBook', { lossy: 3 }),
];

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
  'computeIncome',
].map(stepsOf);

/** A life of a book, put together at random. */
export function generate(random: () => number): Scenario {
  const chance = (probability: number) => random() < probability;
  const hasStubs = chance(0.5);
  // With pay stubs, first bodies are stored before any correction: see README.md, "Accepted".
  const steps = [...stepsOf(hasStubs ? `${LIFE} pause` : LIFE)];
  for (let left = 2 + Math.floor(random() * 5); left > 0; left -= 1) {
    const part = PARTS[Math.floor(random() * PARTS.length)] ?? [];
    // A removed document does not open again.
    if (!(steps.includes('removeY') && part.includes('reopenY'))) steps.push(...part);
  }
  const policies = {
    stubs: hasStubs ? 'always' : 'never',
    income: chance(0.5) ? 'announced' : 'never',
  } as const;
  return { name: 'generated', lossy: 4, steps, policies };
}

/** Possible faults, as probabilities; `skew` in minutes. */
export interface Faults {
  /** A function dies, at each step. */
  readonly crash: number;
  /** An event is lost. */
  readonly lost: number;
  /** An event is sent twice, or SQS delivers a message while a copy of it is processed. */
  readonly duplicate: number;
  /** Another delivery that waits is in the same batch. */
  readonly batch: number;
  /** A call fails. */
  readonly fail: number;
  /** There is no permit for a call. */
  readonly throttled: number;
  /** Ocrolus does not answer yet with what it has announced. */
  readonly early: number;
  /** Book status shows a change minutes later. */
  readonly lag: number;
  /** The clocks of functions are wrong by up to this. */
  readonly skew: number;
  /** The same function runs on: others pause meanwhile, for long. */
  readonly burst: number;
}

const CALM: Faults = {
  crash: 0,
  lost: 0,
  duplicate: 0.1,
  batch: 0,
  fail: 0,
  throttled: 0,
  early: 0,
  lag: 0,
  skew: 0,
  burst: 0,
};

export const FAULTS: Readonly<Record<string, Faults>> = {
  calm: CALM,
  crashes: { ...CALM, crash: 0.03, fail: 0.03, early: 0.1, skew: 5 },
  losses: { ...CALM, batch: 0.3, crash: 0.02, lost: 0.3, fail: 0.05, early: 0.2, skew: 5 },
  outages: { ...CALM, batch: 0.2, crash: 0.02, duplicate: 0.3, fail: 0.3, throttled: 0.2, skew: 5 },
  // A status that is shown late needs clocks that are right.
  late: { ...CALM, batch: 0.1, crash: 0.02, fail: 0.05, throttled: 0.1, early: 0.2, lag: 0.5, skew: 1 },
  everything: {
    ...CALM,
    batch: 0.3,
    crash: 0.03,
    lost: 0.3,
    duplicate: 0.3,
    fail: 0.15,
    early: 0.2,
    skew: 5,
  },
  // Rare orders of steps: long pauses of single functions, more deaths, more copies.
  targeted: { ...CALM, crash: 0.06, duplicate: 0.4, batch: 0.2, fail: 0.1, early: 0.15, skew: 5, burst: 0.9 },
};

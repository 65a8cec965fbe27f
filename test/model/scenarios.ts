import type { Faults, Scenario } from './history/options.ts';
import { stepsOf } from './ocrolus/steps.ts';

export const LIFE = 'verifyX verifyY verifyBook compute';
const ALL_DERIVED = { stubs: 'always', rows: 'always', income: 'announced' } as const;

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
  scenario('flip', `${LIFE} reopenY verifyY verifyBook compute editX`),
  scenario('rejected', `${LIFE} reopenY rejectY verifyBook compute editX`),
  scenario('late document', 'removeY verifyX verifyBook compute quiet verifyY compute', { lossy: 0 }),
  scenario('removed', `${LIFE} removeY editX`, { lossy: 5 }),
  scenario(
    'duplicates',
    `${LIFE} announceX announceAnalytics announceBook announceX announceY announceAnalytics`,
  ),
  scenario('expired', `${LIFE} editAnalytics editX`, { expires: true }),
  scenario('corrected', `${LIFE} quiet correctX`),
  scenario('corrected twice', `${LIFE} quiet correctX correctXSilently`, { isSmall: true }),
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
  scenario('no income', LIFE, { policies: { income: 'announced' } }),
  scenario('late income', `${LIFE} computeIncomeIn2Days`, { policies: { income: 'announced' } }),
  scenario('pages', `${LIFE} editRows addRows editRows`, { policies: { rows: 'always' } }),
  scenario('failing job', `failAJob ${LIFE} editAnalytics`, { lossy: 3, hasJobs: true }),
  scenario('failing jobs', `failThreeJobs ${LIFE}`, { lossy: 3, hasJobs: true }),
  scenario('jobs that fail for good', `failManyJobs ${LIFE} quiet failNoJobs editAnalytics`, {
    lossy: 0,
    hasJobs: true,
  }),
  scenario('never computed', 'verifyX verifyY verifyBook', { lossy: 3 }),
  scenario('signals', 'verifyX verifyY verifyBook detectX compute detectY detectX detectBook', {
    lossy: 5,
    policies: { signals: 'always' },
    refusedSignals: 0.3,
  }),
  scenario('signals again', 'verifyX verifyY verifyBook detectX compute detectY quiet detectX', {
    lossy: 0,
    policies: { signals: 'always' },
    refusedSignals: 0.5,
  }),
  scenario('late signals', 'verifyX verifyY verifyBook detectX compute detectYIn3Days', {
    policies: { signals: 'always' },
    refusedSignals: 0.3,
  }),
  scenario('announced, circuit open', 'verifyX verifyY verifyBook openCircuit compute', { lossy: 3 }),
  scenario('refused for 10 hours', 'verifyX verifyY refuseFor10Hours verifyBook compute editAnalytics', {
    lossy: 3,
  }),
  scenario('refused for 3 days', 'verifyX verifyY refuseFor3Days verifyBook compute editAnalytics', {
    lossy: 3,
  }),
  scenario('unreadable book', `${LIFE} breakBook editAnalytics editX repair announceY`, { lossy: 0 }),
  scenario('unreadable document', `${LIFE} breakX editX editAnalytics repair announceY`, { lossy: 0 }),
];

export const CALM: Faults = {
  crash: 0,
  lost: 0,
  duplicate: 0.1,
  batch: 0,
  fail: 0,
  throttled: 0,
  early: 0,
  lag: 0,
  jobs: false,
  skew: 0,
};

export const FAULTS = {
  calm: CALM,
  crashes: { ...CALM, crash: 0.03, fail: 0.03, early: 0.1, skew: 5 },
  losses: { ...CALM, batch: 0.3, crash: 0.02, lost: 0.3, fail: 0.05, early: 0.2, skew: 5 },
  jobs: { ...CALM, crash: 0.02, fail: 0.03, early: 0.1, skew: 5, jobs: true },
  outages: { ...CALM, batch: 0.2, crash: 0.02, duplicate: 0.3, fail: 0.3, throttled: 0.2, skew: 5 },
  late: { ...CALM, batch: 0.1, crash: 0.02, fail: 0.05, throttled: 0.1, early: 0.2, lag: 0.5, skew: 1 },
} as const satisfies Record<string, Faults>;

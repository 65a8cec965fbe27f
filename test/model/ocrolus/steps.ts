import { DAY } from '../checklist/times.ts';
import type { Computed, Doc, DocStatus, Truth, WorldEvent } from './truth.ts';

type Change = (truth: Truth, now: number) => unknown;

/** One thing that happens at Ocrolus. `events`: what it announces. */
export interface Step {
  readonly change?: Change | undefined;
  readonly events?: readonly WorldEvent[];
  /** At most one of its events is lost: the other one has to suffice. */
  readonly losesOne?: true;
}

const doc = (name: Doc): WorldEvent => ({ name: 'doc', doc: name });
const BOOK: WorldEvent = { name: 'book' };
const ANALYTICS: WorldEvent = { name: 'analytics' };

/** Time until corrected results of the book are computed: less than the grace. */
const RECOMPUTED_AFTER = 5;

const step = (change?: Change, ...events: readonly WorldEvent[]): Step => ({ change, events });

export const STEPS = {
  verifyX: step((truth) => verify(truth, 'X'), doc('X')),
  verifyY: step((truth) => verify(truth, 'Y'), doc('Y')),
  rejectY: step((truth) => setStatus(truth, 'Y', 'rejected'), doc('Y')),
  removeY: step((truth) => setStatus(truth, 'Y', 'unlisted')),
  reopenX: step((truth) => reopen(truth, 'X')),
  reopenY: step((truth) => reopen(truth, 'Y')),
  verifyBook: step((truth) => {
    truth.book = 'verified';
    truth.summary.isReady = false;
  }, BOOK),
  /** Analytics are computed: summary and enriched transactions. */
  compute: step(compute, ANALYTICS),
  computeSilently: step(compute),
  editAnalytics: step((truth, now) => truth.summary.isReady && compute(truth, now), ANALYTICS),
  editX: step((truth) => edit(truth, 'X'), doc('X')),
  announceX: step(undefined, doc('X')),
  announceY: step(undefined, doc('Y')),
  announceBook: step(undefined, BOOK),
  announceAnalytics: step(undefined, ANALYTICS),

  /** A person corrects a document of a verified book, and everything is computed again. No status shows it. */
  correctX: { ...step(correct(0), doc('X'), BOOK), losesOne: true },
  correctXSlowly: { ...step(correct(RECOMPUTED_AFTER), doc('X'), BOOK), losesOne: true },
  /** Before half an hour has passed, only the event of the document says so. */
  correctXAtOnce: step(correct(0), doc('X')),
  /** The second of two corrections within seconds, which only the book announces. */
  correctXSilently: step(correct(0), BOOK),
  /** Ocrolus does not answer the forms of X until the last correction. */
  withholdX: step((truth) => {
    truth.withheld = 'X';
  }),
  correctXAtLast: step((truth, now) => {
    truth.withheld = undefined;
    correct(0)(truth, now);
  }, doc('X')),

  computeIncome: step((truth, now) => renew(truth, 'income', now), { name: 'income' }),
  computeIncomeIn2Days: step((truth, now) => renew(truth, 'income', now + 2 * DAY)),
  /** The last page changes: neither the total nor the first page shows it. */
  editRows: step((truth) => editRows(truth, 0), ANALYTICS),
  addRows: step((truth) => editRows(truth, 1), ANALYTICS),
  failAJob: step(failJobs(1)),
  failThreeJobs: step(failJobs(3)),
  failManyJobs: step(failJobs(20)),
  failNoJobs: step(failJobs(0)),

  /** The other books lack the result; or all are refused. */
  openCircuit: step(refuse(Number.POSITIVE_INFINITY, true)),
  refuseFor10Hours: step(refuse(600, false)),
  refuseFor3Days: step(refuse(3 * DAY, false)),

  detectX: step((truth, now) => detect(truth, 'X', now), { name: 'signals', doc: 'X' }),
  detectY: step((truth, now) => detect(truth, 'Y', now), { name: 'signals', doc: 'Y' }),
  detectYIn3Days: step((truth, now) => detect(truth, 'Y', now + 3 * DAY)),
  detectBook: step(undefined, { name: 'detect' }),

  // Not steps of Ocrolus: items that this version cannot read, and its repair.
  breakBook: step(),
  breakX: step(),
  repair: step(),
  // Everything that is known is processed, every status is stored, and half an hour passes.
  quiet: step(),
  // Ends when the first body of each finished document is stored.
  pause: step(),
  // Ends half an hour after statuses and summary are stored.
  wait: step(),
} satisfies Record<string, Step>;

export type StepName = keyof typeof STEPS;

export function stepOf(name: StepName): Step {
  return STEPS[name];
}

/** @param text names of steps, with spaces between. */
export function stepsOf(text: string): readonly StepName[] {
  return text.split(' ').map((name) => {
    const known = (Object.keys(STEPS) as StepName[]).find((one) => one === name);
    if (known === undefined) throw new Error(`no step ${name}`);
    return known;
  });
}

function setStatus(truth: Truth, name: Doc, status: DocStatus): void {
  truth.docs[name].status = status;
}

function verify(truth: Truth, name: Doc): void {
  truth.docs[name].status = 'verified';
  edit(truth, name);
}

function edit(truth: Truth, name: Doc): void {
  truth.docs[name].revision += 1;
  truth.due[`${name}/forms`] = truth.docs[name].revision;
}

function reopen(truth: Truth, name: Doc): void {
  truth.docs[name].status = 'processing';
  truth.book = 'processing';
}

function compute(truth: Truth, now: number): void {
  renew(truth, 'summary', now);
  truth.rows = truth.rows.length === 0 ? [1, 1, 1] : truth.rows.map((revision) => revision + 1);
  truth.due.rows = 1;
}

function renew(truth: Truth, kind: 'summary' | 'income', from: number): void {
  const computed: Computed = truth[kind];
  computed.before = computed.revision;
  computed.from = from;
  computed.revision += 1;
  computed.isReady = true;
  truth.due[kind] = computed.revision;
}

function correct(delay: number): Change {
  return (truth, now) => {
    edit(truth, 'X');
    if (truth.summary.isReady) {
      compute(truth, now);
      truth.summary.from = now + delay;
    }
    if (truth.income.isReady) renew(truth, 'income', now);
  };
}

function editRows(truth: Truth, added: number): void {
  if (added > 0) truth.rows = [...truth.rows.map((revision) => revision + 1), 1];
  else truth.rows[truth.rows.length - 1] = (truth.rows.at(-1) ?? 0) + 1;
}

function failJobs(times: number): Change {
  return (truth) => {
    truth.failingJobs = times;
  };
}

function refuse(minutes: number, isLacking: boolean): Change {
  return (truth, now) => {
    truth.circuit = { since: now, until: now + minutes, isLacking };
  };
}

/** Detect lists a document, and analyzes it. */
function detect(truth: Truth, name: Doc, from: number): void {
  const detected = truth.detect[name];
  detected.listedFrom = Math.min(detected.listedFrom, from);
  detected.revision += 1;
  truth.due[`${name}/signals`] = detected.revision;
}

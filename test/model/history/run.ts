import type { Policies } from '../lines.ts';
import { newTruth, type StepName, stepOf, type WorldEvent } from '../ocrolus.ts';
import type { Counts, System } from '../reconcile/process.ts';
import type { Faults, Scenario } from '../scenarios.ts';
import { DOCS, newBook, Table } from '../table.ts';
import { Judge } from './judge.ts';
import { Scheduler } from './scheduler.ts';

export interface Options {
  readonly scenario: Scenario;
  readonly faults: Faults;
  readonly random: () => number;
  readonly trace?: (line: string) => void;
}

export interface Outcome {
  readonly violations: readonly string[];
  readonly counts: Counts;
}

const POLICIES: Policies = { stubs: 'never', summary: 'always', income: 'never' };
/** Minutes for which Book status may show an earlier state. */
const LAG = 3;
/** Three times more than any history needs. */
const MOST_CALLS = 1000;
const LAST = 10_000_000;

/** One history: the life of a book with faults, and then without, until nothing is left to do. */
export function run(options: Options): Outcome {
  const { scenario, faults, random } = options;
  const skew = Math.min(faults.skew, scenario.maxSkew ?? faults.skew);
  const truth = newTruth();
  let now = 1000;
  let isCalm = false;
  const chance = (probability: number) => !isCalm && probability > 0 && random() < probability;
  const { trace: print } = options;
  const trace = print && ((text: string) => print(`${now} ${text}`));

  const table = new Table((item) => judge.afterWrite(item));
  const system: System = {
    policies: { ...POLICIES, ...scenario.policies },
    table,
    truth,
    now: () => now,
    fails: () => chance(faults.fail),
    isThrottled: () => chance(faults.throttled),
    isEarly: () => scenario.isPunctual !== true && chance(faults.early),
    counts: { calls: 0, looks: 0 },
  };
  const functions: Scheduler = new Scheduler(system, {
    faults: { ...faults, skew },
    random,
    chance,
    trace,
    afterMessage: (message) => judge.afterMessage(message),
  });
  const { actors, messages } = functions;
  const judge: Judge = new Judge({ system, messages, skew, trace });
  const script = [...scenario.steps];

  const reviseBook = (change: { dueAt?: number }) =>
    table.putBook(table.book, { ...(table.book ?? newBook(now)), ...change });
  const isKnown = () => table.book !== undefined;
  const isComplete = () => table.book?.complete === true;
  const poll = () => {
    if ((table.book?.dueAt ?? Number.POSITIVE_INFINITY) <= now) functions.look();
  };

  /** The next step of a function; waits for what is due. @returns `false`: nothing is left to do. */
  const proceed = (isDone = () => false): boolean => {
    if (actors.length > 0) functions.advance();
    else if (!functions.receive()) {
      const { dueAt } = table.book ?? {};
      if (dueAt === undefined || isDone()) return false;
      now = Math.max(now, Math.ceil(dueAt) + skew) + 1;
      poll();
    }
    return true;
  };
  const hasStatuses = () =>
    DOCS.every((doc) => (table.docs.get(doc)?.status ?? 'unlisted') === truth.docs[doc].status);
  /** Ends of the steps that only wait. */
  const waits: Partial<Record<StepName, () => boolean>> = {
    pause: () =>
      DOCS.every((doc) => truth.docs[doc].status !== 'verified' || table.result(doc) !== undefined),
    wait: () => hasStatuses() && table.result('summary') !== undefined,
    quiet: () => isComplete() && hasStatuses(),
  };

  const happen = (name: StepName): readonly WorldEvent[] => {
    trace?.(`Ocrolus: ${name}`);
    const { change, events } = stepOf(name);
    const before = { book: truth.book, docs: { X: truth.docs.X.status, Y: truth.docs.Y.status } };
    change?.(truth, now);
    if (chance(faults.lag)) truth.shownBefore = { ...before, until: now + LAG };
    return events ?? [];
  };
  const announce = (name: StepName) => {
    for (const event of happen(name)) functions.enqueue(event);
  };

  const live = () => {
    const name = script.shift();
    if (name === undefined) return;
    const isReached = waits[name];
    if (isReached !== undefined) {
      // The list of books shows one whose events were lost.
      if (!isKnown()) reviseBook({});
      if (name === 'quiet' && !hasStatuses()) lookWithin(0);
      for (let n = 0; n < 3000 && (name === 'quiet' || !isReached()) && proceed(isReached); n += 1);
      if (name !== 'pause') now += 30;
      return;
    }
    const mayBeLost = scenario.steps.length - script.length <= (scenario.lossy ?? 0);
    let isOneLeft = stepOf(name).losesOne === true;
    for (const event of happen(name)) {
      if ((mayBeLost || isOneLeft) && chance(faults.lost)) {
        trace?.(`lost: ${event.name}`);
        isOneLeft = false;
        continue;
      }
      functions.enqueue(event);
      if (chance(faults.duplicate)) functions.enqueue(event);
      if (event.name === 'book' && system.isEarly()) functions.enqueue({ name: 'analytics' });
    }
  };

  liveWithFaults();
  isCalm = true;
  if (scenario.expires === true) {
    table.expire();
    now += 1_000_000;
    announce('editX');
    announce('editAnalytics');
  }
  finish();
  return { violations: judge.violations, counts: system.counts };

  function liveWithFaults(): void {
    for (let n = 0; n < 4000 && judge.violations.length === 0; n += 1) {
      if (script.length === 0 && !functions.isBusy) return;
      const choice = random();
      if (faults.burst > 0 && choice > 0.35 && actors.length > 0) functions.advance();
      else if (choice < 0.06) live();
      else if (choice < 0.2) functions.receive();
      else if (choice < 0.24) now += Math.floor(random() * 6);
      else if (choice < 0.27) poll();
      else if (actors.length > 0) functions.advance();
      else if (!functions.receive()) live();
    }
  }

  /** Ends all faults: everything must be stored in the end. */
  function finish(): void {
    const isLeft = () => {
      if (system.counts.calls > MOST_CALLS) judge.violate('it never ends');
      return now > LAST || judge.violations.length > 0;
    };
    // The next regular look finds changes that no event and no answer shows.
    if (faults.lost > 0 || scenario.steps.indexOf('removeY') > 0) lookWithin(60);
    for (let n = 0; n < 40_000 && proceed(isLeft); n += 1);
    judge.atEnd();
  }

  function lookWithin(minutes: number): void {
    const dueAt = now + minutes;
    reviseBook({ dueAt: Math.min(table.book?.dueAt ?? dueAt, dueAt) });
  }
}

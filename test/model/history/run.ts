import type { Policies } from '../checklist/lines.ts';
import { circuitOf } from '../ocrolus/calls.ts';
import { type StepName, stepOf } from '../ocrolus/steps.ts';
import { DOCS, newTruth, type WorldEvent } from '../ocrolus/truth.ts';
import type { Message, System } from '../reconcile/process.ts';
import { newBook } from '../table/items.ts';
import { createTable } from '../table/table.ts';
import { createJudge } from './judge.ts';
import type { Options, Outcome } from './options.ts';
import { createScheduler } from './scheduler.ts';

const POLICIES: Policies = {
  stubs: 'never',
  summary: 'always',
  rows: 'never',
  income: 'never',
  signals: 'never',
};
/** Minutes for which Book status may show an earlier state. */
const LAG = 3;
/** Three times more than any history needs. */
const MOST_CALLS = 1000;
const LAST = 10_000_000;

/** One history: the life of a book with faults, and then without, until nothing is left to do. */
export function run(options: Options): Outcome {
  const { design, scenario, faults, random } = options;
  const skew = Math.min(faults.skew, scenario.maxSkew ?? faults.skew);
  const truth = newTruth();
  let now = 1000;
  let isCalm = false;
  const chance = (probability: number) => !isCalm && probability > 0 && random() < probability;
  const trace = (text: string | (() => string)) =>
    options.trace?.(`${now} ${typeof text === 'string' ? text : text()}`);

  const table = createTable(design, (item) => judge.afterWrite(item));
  const system: System = {
    rules: {
      design,
      policies: { ...POLICIES, ...scenario.policies },
      isLarge: options.isLarge === true,
      circuit: (clock) => circuitOf(truth, clock),
    },
    table,
    truth,
    now: () => now,
    fails: () => chance(faults.fail),
    isThrottled: () => chance(faults.throttled),
    isEarly: () => scenario.isPunctual !== true && chance(faults.early),
    isJob: () => truth.failingJobs > 0 || ((faults.jobs || scenario.hasJobs === true) && random() < 0.5),
    refusesSignals: () => random() < (scenario.refusedSignals ?? 0),
    counts: { calls: 0, asked: {}, looks: 0, needless: 0 },
  };
  const messages: Message[] = [];
  const judge = createJudge(system, { messages, skew, trace });
  const functions = createScheduler(system, messages, {
    ...options,
    ...faults,
    skew,
    burst: options.burst ?? 0,
    chance,
    trace,
    afterMessage: judge.afterMessage,
  });
  const { actors } = functions;
  const script = [...scenario.steps];

  const reviseBook = (change: { dueAt?: number; isBroken?: boolean }) =>
    table.putBook(table.book(), { ...(table.book() ?? newBook(now)), ...change });
  const isKnown = () => table.book() !== undefined;
  const isComplete = () => table.book()?.complete === true;
  const poll = () => {
    if ((table.book()?.dueAt ?? Number.POSITIVE_INFINITY) <= now) functions.look();
  };

  /** The next step of a function; waits for what is due. @returns `false`: nothing is left to do. */
  const proceed = (isDone = () => false): boolean => {
    if (actors.length > 0) functions.advance();
    else if (!functions.receive()) {
      const dueAt = Math.ceil(table.book()?.dueAt ?? Number.POSITIVE_INFINITY) + skew + 1;
      const next = Math.min(dueAt, functions.nextVisibleAt);
      if (!Number.isFinite(next) || isDone()) return false;
      now = Math.max(now + 1, next);
      poll();
    }
    return true;
  };
  const drain = (limit: number, isDone: () => boolean) => {
    for (let n = 0; n < limit && proceed(isDone); n += 1);
  };
  const isStored = () =>
    DOCS.every((doc) => truth.docs[doc].status !== 'verified' || table.result(`${doc}/forms`) !== undefined);

  const hasStatuses = () =>
    DOCS.every((doc) => (table.docs().get(doc)?.status ?? 'unlisted') === truth.docs[doc].status);
  const isSettled = () => hasStatuses() && table.result('summary') !== undefined;

  const happen = (name: StepName): readonly WorldEvent[] => {
    trace(`Ocrolus: ${name}`);
    const { change, events } = stepOf(name);
    const before = { book: truth.book, docs: { X: truth.docs.X.status, Y: truth.docs.Y.status } };
    change?.(truth, now);
    if (chance(faults.lag)) truth.shownBefore = { ...before, until: now + LAG };
    const isBroken = name !== 'repair';
    if ((name === 'breakBook' || name === 'repair') && isKnown()) reviseBook({ isBroken });
    const doc = table.docs().get('X');
    if (doc !== undefined && (name === 'breakX' || name === 'repair'))
      table.putDoc('X', doc, { ...doc, isBroken });
    return events ?? [];
  };
  const announce = (name: StepName) => {
    for (const event of happen(name)) functions.enqueue(event);
  };

  const live = () => {
    const name = script.shift();
    if (name === undefined) return;
    if (name === 'quiet') {
      // The list of books shows one whose events were lost.
      if (!isKnown()) reviseBook({});
      if (!hasStatuses()) lookWithin(0);
      drain(3000, () => isComplete() && hasStatuses());
      now += 30;
      return;
    }
    if (name === 'wait') {
      for (let n = 0; n < 3000 && !isSettled() && proceed(); n += 1);
      now += 30;
      return;
    }
    if (name === 'pause') {
      if (!isKnown()) reviseBook({});
      for (let n = 0; n < 3000 && !isStored() && proceed(); n += 1);
      return;
    }
    const mayBeLost = scenario.steps.length - script.length <= (scenario.lossy ?? 0);
    let isOneLeft = stepOf(name).losesOne === true;
    for (const event of happen(name)) {
      const isNeeded = options.isLarge === true && event.name === 'doc';
      if ((mayBeLost || (isOneLeft && !isNeeded)) && chance(faults.lost)) {
        trace(`lost: ${event.name}`);
        isOneLeft = false;
        continue;
      }
      functions.enqueue(event);
      if (chance(faults.duplicate)) functions.enqueue(event);
      if (event.name === 'book' && system.isEarly()) functions.enqueue({ name: 'analytics' });
    }
  };

  if (options.window === undefined) liveWithFaults();
  isCalm = true;
  if (options.window !== undefined) openWindow(options.window);
  if (scenario.expires === true) {
    table.expire();
    now += 1_000_000;
    announce('editX');
    announce('editAnalytics');
  }
  finish();
  const { violations, brief } = judge;
  return { violations, counts: system.counts, table: table.counts, steps: functions.steps, brief };

  function liveWithFaults(): void {
    for (let n = 0; n < 4000 && judge.violations.length === 0; n += 1) {
      if (script.length === 0 && !functions.isBusy) return;
      const choice = random();
      if (options.burst !== undefined && choice > 0.35 && actors.length > 0) functions.advance();
      else if (choice < 0.06) live();
      else if (choice < 0.2) functions.receive();
      else if (choice < 0.24) now += Math.floor(random() * 6);
      else if (choice < 0.27) poll();
      else if (actors.length > 0) functions.advance();
      else if (!functions.receive()) live();
    }
  }

  function openWindow(window: NonNullable<Options['window']>): void {
    for (const name of script) announce(name);
    drain(5000, () => isComplete() || now > 1200);
    now += 100;
    const called = (name: string) => actors.find((one) => one.name === name);
    window({
      world: announce,
      receive: (offset, copy) => {
        const waiting = messages.find(({ isDone, inProgress }) => !isDone && inProgress === 0);
        const message = copy === undefined ? waiting : messages.findLast(({ inProgress }) => inProgress > 0);
        if (message !== undefined) functions.start([message], offset);
      },
      look: (offset) => {
        reviseBook({ dueAt: now });
        functions.start([functions.enqueue()], offset);
      },
      names: () => actors.map(({ name }) => name),
      step: (name) => functions.advance(called(name)),
      crash: (name) => {
        const actor = called(name);
        if (actor !== undefined) functions.kill(actor);
      },
    });
  }

  /** Ends all faults: everything must be stored in the end. */
  function finish(): void {
    const isLeft = () => {
      if (system.counts.calls > MOST_CALLS) judge.violate('it never ends');
      return now > LAST || judge.violations.length > 0;
    };
    // The next regular look finds changes that no event and no answer shows.
    if (faults.lost > 0 || scenario.steps.indexOf('removeY') > 0) lookWithin(60);
    drain(40_000, isLeft);
    const until = truth.circuit?.until ?? now;
    if (Number.isFinite(until) && until > now) {
      now = until;
      lookWithin(0);
      drain(40_000, isLeft);
    }
    judge.atEnd();
  }

  function lookWithin(minutes: number): void {
    const dueAt = now + minutes;
    reviseBook({ dueAt: Math.min(table.book()?.dueAt ?? dueAt, dueAt) });
  }
}

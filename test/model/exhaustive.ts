import type { Design } from './design.ts';
import { randomOf } from './histories.ts';
import { run, type Window } from './history/run.ts';
import { type StepName, stepsOf } from './ocrolus.ts';
import { CALM, type Faults, LIFE, type Scenario } from './scenarios.ts';

type Action = StepName | 'receive' | 'copy' | 'look';

/** After a calm life of the book, some functions start; everything in `later` happens at some time after that. */
export interface Situation {
  readonly name: string;
  readonly scenario: Scenario;
  readonly first: readonly Action[];
  readonly later: readonly (readonly Action[])[];
}

/** Errors of the functions' clocks, in the order of their start. */
const SKEWS = [5, -5, 0];
const life: Scenario = { name: 'life', steps: stepsOf(LIFE) };
const situation = (
  name: string,
  first: string,
  later: readonly string[] = [],
  scenario = life,
): Situation => ({
  name,
  first: first.split(' ') as Action[],
  later: later.map((actions) => actions.split(' ') as Action[]),
  scenario,
});

export const SITUATIONS: readonly Situation[] = [
  situation('two edits of X', 'editX receive look', ['editX receive']),
  situation('two edits of the summary', 'editAnalytics receive look', ['editAnalytics receive']),
  situation('two copies of a delivery about X', 'editX receive copy look'),
  situation('X is processed again', 'reopenX look', ['verifyX verifyBook compute receive']),
  situation('a correction, its deliveries and a look', 'correctX receive look', ['receive']),
  situation('two corrections that only the book announces', 'correctXSilently receive look', [
    'correctXSilently receive',
  ]),
  situation('a correction, and two copies of its delivery about X', 'correctXAtOnce receive copy look'),
  situation(
    'X is corrected after the book ended, while an earlier delivery works',
    'announceX receive',
    ['verifyBook computeSilently receive', 'correctXAtOnce receive'],
    { name: 'open', policies: { stubs: 'always' }, steps: stepsOf('verifyX verifyY') },
  ),
];

const NO_FAULTS: Faults = { ...CALM, duplicate: 0, skew: 5 };

export interface Found {
  readonly schedules: number;
  readonly failed: number;
  readonly first?: string;
}

/**
 * Every schedule with at most `preemptions` switches between functions that could run on, and one death.
 *
 * @param most schedules.
 */
export function explore(
  { design, situation, preemptions }: { design: Design; situation: Situation; preemptions: number },
  most = 400_000,
): Found {
  let failed = 0;
  let first: string | undefined;
  let path: readonly number[] = [];
  for (let schedules = 1; ; schedules += 1) {
    // Depth first: `path` is given, after it the first choice is taken.
    const widths: number[] = [];
    const taken: string[] = [];
    const choose = (choices: readonly string[]): string => {
      const choice = choices[path[widths.length] ?? 0] ?? '';
      widths.push(choices.length);
      taken.push(choice);
      return choice;
    };
    const window = (one: Window) => schedule(one, situation, { preemptions, choose });
    const { scenario } = situation;
    const { violations } = run({ design, scenario, faults: NO_FAULTS, random: randomOf(1), window });
    if (violations.length > 0) {
      failed += 1;
      first ??= `${violations[0]}: ${taken.join(', ')}`;
    }
    const next = nextPath(path, widths);
    if (next === undefined || schedules >= most)
      return { schedules, failed, ...(first !== undefined && { first }) };
    path = next;
  }
}

function schedule(
  window: Window,
  { first, later }: Situation,
  { preemptions, choose }: { preemptions: number; choose: (choices: readonly string[]) => string },
): void {
  let started = 0;
  const act = (action: Action) => {
    const skew = SKEWS[started] ?? 0;
    if (action === 'receive' || action === 'copy' || action === 'look') started += 1;
    if (action === 'receive') window.receive(skew);
    else if (action === 'copy') window.receive(skew, 'copy');
    else if (action === 'look') window.look(skew);
    else window.world(action);
  };
  for (const action of first) act(action);
  const left = [...later];
  let switches = preemptions;
  let deaths = 1;
  let running: string | undefined;
  for (let steps = 0; steps < 600; steps += 1) {
    const names = window.names();
    if (names.length === 0 && left.length === 0) return;
    const isRunning = running !== undefined && names.includes(running);
    const choices = isRunning ? [`step ${running}`] : names.map((name) => `step ${name}`);
    if (isRunning && switches > 0)
      choices.push(...names.filter((name) => name !== running).map((name) => `step ${name}`));
    if (left.length > 0 && (!isRunning || switches > 0)) choices.push('later');
    if (isRunning && deaths > 0) choices.push(`crash ${running}`);
    const [what, name] = choose(choices).split(' ');
    if (isRunning && (what === 'later' || (what === 'step' && name !== running))) switches -= 1;
    running = what === 'step' ? name : undefined;
    if (what === 'later') for (const action of left.shift() ?? []) act(action);
    if (name === undefined) continue;
    if (what === 'crash') {
      deaths -= 1;
      window.crash(name);
    } else window.step(name);
  }
}

/** @returns `undefined` after the last one. */
function nextPath(path: readonly number[], widths: readonly number[]): number[] | undefined {
  const taken = widths.map((_, index) => path[index] ?? 0);
  const last = taken.findLastIndex((choice, index) => choice + 1 < (widths[index] ?? 0));
  return last < 0 ? undefined : [...taken.slice(0, last), (taken[last] ?? 0) + 1];
}

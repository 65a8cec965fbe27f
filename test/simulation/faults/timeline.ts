import type { Random } from '../kernel/random.ts';
import { KINDS, type Kind } from '../ocrolus/profile.ts';
import { DAY, HOUR } from '../ocrolus/random.ts';
import type { Core } from '../system/core.ts';
import { BACKGROUND, EPISODES, type Episode, type FaultSet } from './episodes.ts';
import { inForce } from './in-force.ts';

export interface Timeline {
  readonly startAt: number;
  /** When the faults end. */
  readonly quietAt: number;
  readonly accounts: readonly string[];
  readonly random: Random;
}

/** How often each episode comes in a day of the fault phase. */
const EPISODES_PER_DAY = 0.1;

/** Schedules everything that goes wrong from the start until the quiet phase. @returns what comes when, for the trace. */
export function scheduleFaults(core: Core, timeline: Timeline): string[] {
  const { startAt, quietAt, random } = timeline;
  const days = (quietAt - startAt) / DAY;
  const active = new Set<FaultSet>([BACKGROUND]);
  const planned: string[] = [];
  const apply = () => {
    const { ports, services } = inForce([...active]);
    core.simulation.faults.use(ports);
    core.faults.current = services;
  };
  const during = (
    name: string,
    [least, most]: readonly [number, number],
    begin: () => void,
    end: () => void,
  ) => {
    const from = random.int(startAt, quietAt);
    const until = Math.min(quietAt, from + random.int(least, most));
    planned.push(`${new Date(from).toISOString()} to ${new Date(until).toISOString()} ${name}`);
    core.simulation.scheduler.at(from, begin);
    core.simulation.scheduler.at(until, end);
  };
  const times = (perDay: number) => Math.floor(days * perDay + random.float());
  const schedule = ({ name, span, faults }: Episode) => {
    // A set of its own, so that two episodes of a kind that overlap do not end together.
    const own = { ...faults };
    const begin = () => {
      active.add(own);
      apply();
    };
    during(name, span, begin, () => {
      active.delete(own);
      apply();
    });
  };

  apply();
  for (const episode of EPISODES) {
    for (let n = times(EPISODES_PER_DAY); n > 0; n -= 1) schedule(episode);
  }
  if (random.chance(0.5)) {
    const longest = random.chance(0.3) ? days * 0.8 * DAY : days * 0.15 * DAY;
    schedule({ name: 'silent', span: [longest / 2, longest], faults: { delivery: { isSilent: true } } });
  }
  scheduleOcrolus(core, timeline, during, times);
  core.simulation.scheduler.at(quietAt, () => {
    active.clear();
    apply();
  });
  return planned.sort();
}

/** What goes wrong inside of Ocrolus: credentials, products, and a proxy in front of it. */
function scheduleOcrolus(
  { ocrolus }: Core,
  { accounts, random, startAt, quietAt }: Timeline,
  during: (name: string, span: readonly [number, number], begin: () => void, end: () => void) => void,
  times: (perDay: number) => number,
): void {
  const nothing = () => {};
  for (let n = times(0.1); n > 0; n -= 1) {
    const account = random.chance(0.5) ? random.pick(accounts) : undefined;
    const length = random.int(HOUR / 6, random.chance(0.3) ? 2 * DAY : 3 * HOUR);
    const from = random.int(startAt, Math.max(startAt, quietAt - length));
    ocrolus.forbidWindow(from, from + length, account);
  }
  for (let n = times(0.05); n > 0; n -= 1) {
    const account = random.pick(accounts);
    during(
      `wrong credentials of ${account}`,
      [HOUR, 30 * HOUR],
      () => ocrolus.setCredentials(account, false),
      () => ocrolus.setCredentials(account, true),
    );
  }
  for (let n = times(0.1); n > 0; n -= 1) {
    const account = random.pick(accounts);
    const kind: Kind = random.pick(KINDS);
    during(
      `no ${kind} for ${account}`,
      [3 * HOUR, 4 * DAY],
      () => ocrolus.setProduct(account, kind, false),
      () => ocrolus.setProduct(account, kind, true),
    );
  }
  // The account that begins without Detect gets it, in half of the runs.
  if (random.chance(0.5))
    during('Detect for beta', [0, 0], () => ocrolus.setProduct('beta', 'signals', true), nothing);
}

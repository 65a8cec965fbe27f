import { type FaultProfile, type PortFaults, QUIET } from '../kernel/faults.ts';
import { KINDS, type Kind } from '../ocrolus/profile.ts';
import { DAY, HOUR } from '../ocrolus/random.ts';
import { type Core, type FaultPhase, NO_FAULTS, type ServiceFaults } from '../system/core.ts';
import { redriveAfter } from '../system/operations.ts';
import { BACKGROUND, EPISODES, type Episode, type FaultSet } from './episodes.ts';

/** Several sets of faults as one: of each probability the highest. */
export function inForce(sets: readonly FaultSet[]): {
  readonly ports: FaultProfile;
  readonly services: ServiceFaults;
} {
  const of = <Part>(read: (set: FaultSet) => Part | undefined) => sets.flatMap((set) => read(set) ?? []);
  return {
    ports: {
      ports: joinPorts(of(({ ports }) => ports)),
      index: Object.assign({}, QUIET.index, ...of(({ index }) => index)),
      queue: Object.assign({}, QUIET.queue, ...of(({ queue }) => queue)),
      pageItems: Math.min(QUIET.pageItems, ...of(({ pageItems }) => pageItems)),
      lateExisting: Math.max(0, ...of(({ lateExisting }) => lateExisting)),
    },
    services: {
      skewMs: Math.max(0, ...of(({ skewMs }) => skewMs)),
      api: Object.assign({}, NO_FAULTS.api, ...of(({ api }) => api)),
      delivery: Object.assign({}, NO_FAULTS.delivery, ...of(({ delivery }) => delivery)),
      killed: Object.assign({}, NO_FAULTS.killed, ...of(({ killed }) => killed)),
    },
  };
}

/** The faults of the same port, one over the other. */
function joinPorts(sets: readonly Readonly<Record<string, Partial<PortFaults>>>[]) {
  const joined: Record<string, Partial<PortFaults>> = {};
  for (const ports of sets) {
    for (const [name, faults] of Object.entries(ports)) joined[name] = { ...joined[name], ...faults };
  }
  return joined;
}

interface Timeline extends FaultPhase {
  readonly accounts: readonly string[];
  /** By how much the clock of a process may be wrong. */
  readonly skewMs: number;
}

type During = (
  name: string,
  span: readonly [number, number],
  begin: () => void,
  end: () => void,
) => { readonly from: number; readonly until: number };

/** What was refused to every book waits for the next look at each: at a finished one, up to nine days (docs/design.md#the-poller). */
const AFTER_SUPPRESSION = 12 * DAY;

/** A book that was not found for hours is looked at daily, with the credentials of one account after the other (design 8). */
const afterNoBooks = (accounts: readonly string[]) => accounts.length * 26 * HOUR;

/** How often each episode comes in a day of the fault phase. */
const EPISODES_PER_DAY = 0.1;

/** Schedules everything that goes wrong from the start until the quiet phase. @returns what comes when, for the trace. */
export function scheduleFaults(core: Core, timeline: Timeline): string[] {
  const { startAt, quietAt, random, switches, skewMs } = timeline;
  const { disturbances } = core;
  const days = (quietAt - startAt) / DAY;
  const active = new Set<FaultSet>([BACKGROUND, { skewMs }]);
  const planned: string[] = [];
  const apply = () => {
    const { ports, services } = inForce([...active]);
    core.simulation.faults.use(ports);
    core.faults.current = services;
  };
  const during: During = (name, [least, most], begin, end) => {
    const from = random.int(startAt, quietAt);
    const until = Math.min(quietAt, from + random.int(least, most));
    planned.push(`${new Date(from).toISOString()} to ${new Date(until).toISOString()} ${name}`);
    core.simulation.scheduler.at(from, begin);
    core.simulation.scheduler.at(until, end);
    return { from, until };
  };
  const times = (perDay: number) => Math.floor(days * perDay + random.float());
  const schedule = ({ name, span, faults, isHarmless, only }: Episode) => {
    // A set of its own, so that two episodes of a kind that overlap do not end together.
    const own = { ...faults };
    const begin = () => {
      active.add(own);
      apply();
    };
    const { from, until } = during(name, span, begin, () => {
      active.delete(own);
      apply();
    });
    if (isHarmless === true) return;
    // A message may be received so often that it becomes a dead letter, which waits for the operator.
    const isOfAws = only === 'aws-outages';
    const redriven = isOfAws ? redriveAfter(core, until, random) : until;
    disturbances.add({ name, from, until: redriven + HOUR, isOfAws });
  };

  apply();
  for (const episode of EPISODES) {
    const { only } = episode;
    if (only !== undefined && !switches.has(only)) continue;
    // What was chosen comes at least once.
    const least = only === undefined ? 0 : 1;
    for (let n = Math.max(least, times(EPISODES_PER_DAY)); n > 0; n -= 1) schedule(episode);
  }
  if (random.chance(0.5)) {
    const longest = random.chance(0.3) ? days * 0.8 * DAY : days * 0.15 * DAY;
    const faults = { delivery: { isSilent: true } };
    schedule({ name: 'silent', span: [longest / 2, longest], isHarmless: true, faults });
  }
  scheduleOcrolus(core, timeline, during, times);
  scheduleAccounts(core, timeline);
  core.simulation.scheduler.at(quietAt, () => {
    active.clear();
    apply();
  });
  return planned.sort();
}

/** What goes wrong inside of Ocrolus: credentials, products, and a proxy in front of it. */
function scheduleOcrolus(
  { ocrolus, disturbances }: Core,
  { accounts, random, startAt, quietAt, switches }: Timeline,
  during: During,
  times: (perDay: number) => number,
): void {
  for (let n = times(0.1); n > 0; n -= 1) {
    const account = random.chance(0.5) ? random.pick(accounts) : undefined;
    const length = random.int(HOUR / 6, random.chance(0.3) ? 2 * DAY : 3 * HOUR);
    const from = random.int(startAt, Math.max(startAt, quietAt - length));
    const until = from + length + afterRefusals(length, accounts);
    ocrolus.forbidWindow(from, from + length, account);
    disturbances.add({ name: 'forbidden', from, until, account });
  }
  for (let n = times(0.05); n > 0; n -= 1) {
    const account = random.pick(accounts);
    const set = (isValid: boolean) => () => ocrolus.setCredentials(account, isValid);
    const { from, until: validFrom } = during(
      `wrong credentials of ${account}`,
      [HOUR, 30 * HOUR],
      set(false),
      set(true),
    );
    const until = validFrom + afterRefusals(validFrom - from, accounts);
    disturbances.add({ name: 'credentials', from, until, account });
  }
  for (let n = times(0.1); n > 0; n -= 1) {
    const account = random.pick(accounts);
    const kind: Kind = random.pick(KINDS);
    const set = (isServed: boolean) => () => ocrolus.setProduct(account, kind, isServed);
    const { from, until } = during(`no ${kind} for ${account}`, [3 * HOUR, 4 * DAY], set(false), set(true));
    disturbances.add({ name: `no ${kind}`, from, until: until + AFTER_SUPPRESSION, account, kind });
  }
  // The account that begins without Detect gets it, in half of the runs.
  for (let n = switches.has('hidden-books') ? Math.max(1, times(0.1)) : 0; n > 0; n -= 1) {
    const account = random.pick(accounts);
    const length = random.int(HOUR, 12 * HOUR);
    const from = random.int(startAt, Math.max(startAt, quietAt - length));
    ocrolus.hideBooks(from, from + length, account);
    disturbances.add({ name: 'no books', from, until: from + length + afterNoBooks(accounts), account });
  }
  if (!random.chance(0.5)) return;
  const serve = () => ocrolus.setProduct('beta', 'signals', true);
  const { until } = during('Detect for beta', [0, 0], serve, () => {});
  const product = { account: 'beta', kind: 'signals' };
  disturbances.add({ name: 'no Detect', from: startAt, until: until + AFTER_SUPPRESSION, ...product });
}

/**
 * What is refused is asked for after 5 minutes, doubling to 6 hours: about as long again as it was refused; a book that no
 * call has shown yet with the credentials of one account after the other.
 */
function afterRefusals(length: number, accounts: readonly string[]): number {
  return 1.25 * accounts.length * Math.min(6 * HOUR, Math.max(length, HOUR));
}

/** While an account is not served, its books are refused; then they are looked at daily. */
function scheduleAccounts({ deployments, disturbances }: Core, { accounts }: Timeline): void {
  for (const [index, { at, stage }] of deployments.all.entries()) {
    const next = deployments.all[index + 1]?.at ?? at;
    for (const account of accounts) {
      if (stage.accounts.includes(account)) continue;
      const until = next + afterNoBooks(accounts);
      disturbances.add({ name: `without ${account}`, from: at, until, account });
    }
  }
}

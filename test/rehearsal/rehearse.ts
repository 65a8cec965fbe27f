import { CHANNELS } from '../../shared/events/channels.ts';
import { METRIC_NAMESPACE, METRICS } from '../../shared/telemetry/metrics.ts';
import { monitored } from '../infra/constructs/monitoring/alarms-of.ts';
import { queueNamed, type Resource, STAGE } from '../infra/testing/synthesized.ts';
import type { FaultSet } from '../simulation/faults/episodes.ts';
import { inForce } from '../simulation/faults/timeline.ts';
import { DEFAULT_PROFILE, NO_SHARES, type Profile } from '../simulation/ocrolus/profile.ts';
import { DAY, HOUR, MINUTE } from '../simulation/ocrolus/random.ts';
import type { Core } from '../simulation/system/core.ts';
import { deadLetterUrl, defaultStage, queueUrl } from '../simulation/system/settings.ts';
import { START, type System, startSystem } from '../simulation/system/start.ts';
import { type Lookup, ringsAt, type Sample } from './cloud-watch.ts';

/** SQS leaves a message that was received three times out of the age of the oldest (AWS: "Available CloudWatch metrics for Amazon SQS"). */
const COUNTED_RECEIVES = 3;

/** Hours without a fault at the beginning, in which books arrive. */
const QUIET_HOURS = 2;

const ACCOUNT = { name: 'alpha', vocabulary: 'organization' } as const;

export interface Rehearsal {
  /** What goes wrong, from the end of the quiet hours; nothing by default. */
  readonly faults?: FaultSet;
  /** What happens at the same time, besides. */
  readonly begin?: (system: System) => void;
  /** Hours for which it goes wrong. */
  readonly hours: number;
  /** Hours that follow, without a fault. */
  readonly after?: number;
  readonly books?: number;
  readonly profile?: Partial<Profile>;
}

/** Minutes after the fault began at which each alarm goes off; negative before. Those that stay off are left out. */
export type Rung = Readonly<Record<string, number>>;

/**
 * Lets a stage live in virtual time, with the real functions and a simulated Ocrolus and AWS, and evaluates the alarms of
 * the template on the metrics that the functions and AWS have written.
 */
export async function rehearse({
  faults = {},
  begin = () => {},
  hours,
  after = 0,
  books = 200,
  profile = {},
}: Rehearsal): Promise<Rung> {
  const series = new Map<string, Sample[]>();
  let now = () => START;
  const add = (name: string, value: number) => {
    const known = series.get(name) ?? [];
    known.push({ at: now(), value });
    series.set(name, known);
  };
  const system = startSystem({
    seed: 1,
    profile: {
      ...DEFAULT_PROFILE,
      accounts: [ACCOUNT],
      shares: NO_SHARES,
      books,
      arrivalMs: DAY,
      ...profile,
    },
    deployed: [{ at: START, stage: defaultStage([ACCOUNT.name]), isLaterVersion: false }],
    silentBooks: 0,
    everyRun: true,
  });
  const { core } = system;
  listen(core, add);
  const { scheduler } = core.simulation;
  now = scheduler.now;
  const beganAt = START + QUIET_HOURS * HOUR;
  const endsAt = beganAt + (hours + after) * HOUR;
  const use = (set: FaultSet) => {
    const { ports, services } = inForce([set]);
    core.simulation.faults.use(ports);
    core.faults.current = services;
  };
  scheduler.at(beganAt, () => {
    use(faults);
    begin(system);
  });
  scheduler.at(beganAt + hours * HOUR, () => use({}));
  for (let at = START; at < endsAt; at += MINUTE) scheduler.at(at, () => measureQueues(system, add));
  core.ocrolus.start();
  await scheduler.run(endsAt);
  return ring(series, beganAt, endsAt);
}

function ring(series: ReadonlyMap<string, readonly Sample[]>, beganAt: number, endsAt: number): Rung {
  const { template, alarms } = monitored();
  const lookup = lookupIn(template, series);
  const minutes: Record<string, number> = {};
  for (const [name, alarm] of alarms) {
    // The first runs of the poller take a while.
    const at = ringsAt(alarm, lookup, START + HOUR, endsAt);
    if (at !== undefined) minutes[name] = (at - beganAt) / MINUTE;
  }
  return minutes;
}

/** Adds the metrics that the functions write, and those that AWS writes about them. */
function listen({ listeners }: Core, add: (name: string, value: number) => void): void {
  listeners.line = (_actor, text) => {
    if (text.includes('"_aws"')) for (const [name, value] of metricsIn(JSON.parse(text))) add(name, value);
  };
  listeners.attempt = ({ status }) => {
    add('5XXError', status >= 500 ? 1 : 0);
    add('4XXError', status >= 400 && status < 500 ? 1 : 0);
  };
}

/** The metrics of a line, by name and values of its dimensions: one of each set. */
function metricsIn(line: Readonly<Record<string, unknown>>): [name: string, value: number][] {
  return Object.entries(METRICS).flatMap(([name, sets]) => {
    const values: readonly unknown[] = [line[name]].flat();
    return values.flatMap((value) =>
      typeof value !== 'number'
        ? []
        : sets.map((set: readonly string[]): [string, number] => [
            [name, ...set.map((dimension) => `${dimension}=${line[dimension]}`).sort()].join(' '),
            value,
          ]),
    );
  });
}

function measureQueues({ core: { queues, simulation } }: System, add: (name: string, value: number) => void) {
  for (const channel of CHANNELS) {
    const waiting = [...queues.of(queueUrl(channel)).messages()].filter(
      ({ receiveCount }) => receiveCount < COUNTED_RECEIVES,
    );
    const oldest = Math.min(...waiting.map(({ sentAt }) => sentAt));
    if (waiting.length > 0)
      add(`ApproximateAgeOfOldestMessage ${channel}`, (simulation.scheduler.now() - oldest) / 1000);
    add(`ApproximateNumberOfMessagesVisible ${channel}-dlq`, queues.of(deadLetterUrl(channel)).depth);
  }
}

function lookupIn(
  template: Parameters<typeof queueNamed>[0],
  series: ReadonlyMap<string, readonly Sample[]>,
): Lookup {
  const ids = new Map<string, string>();
  for (const channel of CHANNELS) {
    for (const name of [channel, `${channel}-dlq`])
      ids.set(queueNamed(template, `ocrolus-${STAGE}-${name}`)[0], name);
  }
  const nameOf = (value: Resource | string) =>
    typeof value === 'string' ? value : (ids.get(value.Ref ?? value['Fn::GetAtt']?.[0]) ?? '');
  return ({ Namespace, MetricName, Dimensions = [] }) => {
    const own = (Dimensions as Resource[]).filter(
      ({ Name }) => !['stage', 'Stage', 'ApiName'].includes(Name),
    );
    const parts =
      Namespace === METRIC_NAMESPACE
        ? own.map(({ Name, Value }) => `${Name}=${Value}`).sort()
        : own.map(({ Value }) => nameOf(Value)).filter((name) => name !== '');
    return series.get([MetricName, ...parts].join(' ')) ?? [];
  };
}

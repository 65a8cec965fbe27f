import { scheduleDamage } from './faults/damage.ts';
import { scheduleFaults } from './faults/timeline.ts';
import { installGuard } from './kernel/guard.ts';
import type { History } from './kernel/random.ts';
import { startExpiry } from './kernel/table/memory-table.ts';
import { DAY } from './ocrolus/random.ts';
import { Oracle } from './oracle/oracle.ts';
import { StoryRecorder } from './story.ts';
import { scheduleForgetting, scheduleOperations } from './system/operations.ts';
import { START, startSystem } from './system/start.ts';
import type { Switch } from './world/switches.ts';
import { worldOf } from './world/world.ts';

interface RunOptions {
  readonly seed: number;
  /** About how many deliveries Ocrolus announces. */
  readonly deliveries: number;
  /** Of the fault phase. */
  readonly days: number;
  /** Nothing goes wrong. */
  readonly isCalm?: boolean;
  /** Exactly these are on; absent: what the seed chooses. */
  readonly switches?: readonly Switch[] | undefined;
  /** A book of which everything is recorded. */
  readonly storyOf?: string | undefined;
  /** Gets everything that happens. */
  readonly trace?: (line: string) => void;
}

export type RunReport = Awaited<ReturnType<typeof run>>;

/** After the last change, the last book may still be computed for so long (ocrolus/computed.ts). */
const REST_DAYS = 12;
/** Then the last probe, ten days after the end of capture, and a day for a finished book to be polled. */
const PROBE_DAYS = 12;

// Taken before the guard replaces it.
const clock = performance.now.bind(performance);

/** Runs one seed: a phase of faults, a quiet one, and the comparison with Ocrolus. The same seed gives the same history. */
export async function run(options: RunOptions) {
  const { seed, deliveries, days, isCalm = false } = options;
  const startedAt = clock();
  const guard = installGuard();
  try {
    const world = worldOf({ seed, deliveries, days, isCalm, switches: options.switches, startAt: START });
    const { profile, switches, skewMs, quietAt } = world;
    const system = startSystem({
      seed,
      profile,
      deployed: world.deployments,
      silentBooks: isCalm ? 0 : 0.05,
    });
    const { core, courier, poller } = system;
    const { scheduler, history } = core.simulation;
    const oracle = new Oracle(core, { quietAt, skewMs, isCalm });
    const story = options.storyOf === undefined ? undefined : new StoryRecorder(options.storyOf, system);
    Object.assign(core.listeners, story?.listenersBefore(oracle.listeners) ?? oracle.listeners);
    if (options.trace !== undefined) traceTo(options.trace, history);
    const endAt = quietAt + (REST_DAYS + PROBE_DAYS) * DAY;
    const random = core.simulation.random;
    const phase = (name: string) => ({ switches, startAt: START, quietAt, random: random.fork(name) });
    if (!isCalm) {
      const accounts = profile.accounts.map(({ name }) => name);
      const faults = { ...phase('faults'), skewMs, accounts };
      for (const line of scheduleFaults(core, faults)) options.trace?.(line);
    }
    if (switches.has('unreadable-items')) scheduleDamage(core, phase('damage'));
    startExpiry(core.table, scheduler, { random: random.fork('expiry'), until: endAt });
    scheduleOperations(core, phase('operations'));
    scheduleForgetting(core, profile.books, phase('operator'));
    core.ocrolus.start();
    await scheduler.run(endAt);
    await oracle.check();
    for (const violation of guard.violations.slice(0, 20))
      oracle.watch.violations.add('guard', '', violation);
    const { counts, calls, missing, watch } = oracle;
    const { violations, excused } = watch;
    return {
      seed,
      /** What was on in the world of the seed (world/switches.ts). */
      switches: [...switches],
      /** Announced, and accepted by the webhook with 200. */
      deliveries: courier.counts.deliveries,
      accepted: courier.counts.accepted,
      days: (endAt - START) / DAY,
      events: scheduler.eventCount,
      books: core.ocrolus.books().length,
      calls: core.ocrolus.callCount(),
      results: counts.compared,
      kills: core.kills.count,
      /** Books that an operator has removed. */
      forgotten: core.forgotten.size,
      pollerRuns: poller.runs,
      /** How often each excuse was needed (oracle/excuses.ts). */
      excuses: excused.counts,
      mostSentInASecond: calls.rate.mostSentInASecond,
      /** Calls of Book list and Book status, for results, and of products that are not served. */
      callsOf: calls.counts,
      missing,
      violationCounts: violations.counts,
      violations: violations.kept,
      hash: history.historyHash(),
      seconds: Math.round((clock() - startedAt) / 100) / 10,
      story: story?.lines ?? [],
    };
  } finally {
    guard.uninstall();
  }
}

function traceTo(trace: (line: string) => void, history: History): void {
  history.listen(({ time, actor, port, key, decision }) => {
    trace(`${new Date(time).toISOString()} ${actor} ${port} ${key} ${decision}`);
  });
}

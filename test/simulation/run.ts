import { BACKGROUND } from './faults/episodes.ts';
import { scheduleFaults } from './faults/timeline.ts';
import { installGuard } from './kernel/guard.ts';
import { booksFor } from './ocrolus/arrivals.ts';
import { DEFAULT_PROFILE, LARGE_BOOKS, type Profile, SMALL_BOOKS } from './ocrolus/profile.ts';
import { DAY } from './ocrolus/random.ts';
import { Oracle } from './oracle/oracle.ts';
import type { Violation } from './oracle/violations.ts';
import { StoryRecorder } from './story.ts';
import { scheduleForgetting } from './system/operator.ts';
import { START, startSystem } from './system/start.ts';

export interface RunOptions {
  readonly seed: number;
  /** About how many deliveries Ocrolus announces. */
  readonly deliveries: number;
  /** Of the fault phase. */
  readonly days: number;
  /** Nothing goes wrong. */
  readonly isCalm?: boolean;
  /** Books of which everything is recorded. */
  readonly storiesOf?: readonly string[];
  /** Gets everything that happens. */
  readonly trace?: (line: string) => void;
}

export interface RunReport {
  readonly seed: number;
  /** Announced, and accepted by the webhook with 200. */
  readonly deliveries: number;
  readonly accepted: number;
  readonly days: number;
  readonly events: number;
  readonly books: number;
  readonly calls: number;
  readonly results: number;
  readonly kills: number;
  /** Books that an operator has removed. */
  readonly forgotten: number;
  readonly pollerRuns: number;
  /** Results that Ocrolus has changed without an event or a change of status. */
  readonly unknowable: number;
  /** In real time, and in the time of their senders' clocks. */
  readonly mostSentInASecond: number;
  readonly mostSentInAnOwnSecond: number;
  /** Calls of Book list and Book status, for results, and of products that are not served. */
  readonly callsOf: Readonly<Record<string, number>>;
  readonly missing: Readonly<Record<string, number>>;
  readonly violationCounts: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  readonly hash: string;
  readonly seconds: number;
  /** By the uuid of the book. */
  readonly stories: Readonly<Record<string, readonly string[]>>;
}

/** After the last change, the last book may still be computed for so long (ocrolus/life.ts, aftermath.ts). */
const REST_DAYS = 12;
/** Then the last probe, ten days after the end of capture, and a day for a finished book to be polled. */
const PROBE_DAYS = 12;

// Taken before the guard replaces it.
const clock = performance.now.bind(performance);

/** Runs one seed: a phase of faults, a quiet one, and the comparison with Ocrolus. The same seed gives the same history. */
export async function run(options: RunOptions): Promise<RunReport> {
  const { seed, deliveries, days, isCalm = false } = options;
  const startedAt = clock();
  const guard = installGuard();
  try {
    const profile = profileOf(seed, deliveries, days);
    let now = () => START;
    const quietAt = START + days * DAY;
    const skewMs = isCalm ? 0 : (BACKGROUND.skewMs ?? 0);
    const oracle = new Oracle(() => now(), { quietAt, skewMs });
    const story = new StoryRecorder(options);
    const system = startSystem({
      seed,
      profile,
      silentBooks: isCalm ? 0 : 0.05,
      listeners: story.listenersBefore(oracle.listeners),
    });
    const { core, courier, poller } = system;
    const { scheduler, history } = core.simulation;
    now = scheduler.now;
    oracle.watch(system);
    story.watch(system);
    if (!isCalm) {
      const accounts = profile.accounts.map(({ name }) => name);
      const random = core.simulation.random.fork('faults');
      for (const line of scheduleFaults(core, { startAt: START, quietAt, accounts, random }))
        options.trace?.(line);
    }
    const forgetting = core.simulation.random.fork('operator');
    scheduleForgetting(core, { startAt: START, quietAt, books: profile.books, random: forgetting });
    core.ocrolus.start();
    const endAt = quietAt + (REST_DAYS + PROBE_DAYS) * DAY;
    await scheduler.run(endAt);
    await oracle.check(system);
    for (const violation of guard.violations.slice(0, 20)) oracle.violations.add('guard', '', violation);
    const { counts, violations, missing } = oracle;
    return {
      seed,
      deliveries: courier.counts.deliveries,
      accepted: courier.counts.accepted,
      days: (endAt - START) / DAY,
      events: scheduler.eventCount,
      books: core.ocrolus.books().length,
      calls: core.ocrolus.counts.total(),
      results: counts.compared,
      kills: core.kills.count,
      forgotten: core.forgotten.size,
      pollerRuns: poller.runs,
      unknowable: counts.unknowable,
      ...oracle.calls.rate.counts,
      callsOf: oracle.calls.totals.counts,
      missing,
      violationCounts: violations.counts,
      violations: violations.kept,
      hash: history.historyHash(),
      seconds: Math.round((clock() - startedAt) / 100) / 10,
      stories: story.stories,
    };
  } finally {
    guard.uninstall();
  }
}

/** Odd seeds have many small books, even ones fewer large ones. */
function profileOf(seed: number, deliveries: number, days: number): Profile {
  const documents = seed % 2 === 0 ? LARGE_BOOKS : SMALL_BOOKS;
  const giants = deliveries >= 20_000 ? Math.max(1, Math.round(deliveries / 100_000)) : 0;
  const giantDocuments = { least: 300, most: 2000 };
  const ordinary = Math.max(100, deliveries - giants * 4 * 1150);
  return {
    ...DEFAULT_PROFILE,
    books: booksFor(ordinary, documents),
    documents,
    arrivalMs: days * 0.7 * DAY,
    giants,
    giantDocuments,
    changesMs: days * DAY,
  };
}

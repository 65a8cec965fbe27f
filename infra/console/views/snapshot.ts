import { errorText } from '../../command-line/error-text.ts';
import { time } from '../../command-line/values.ts';
import { type Checked, fail } from '../../ops/doctor/check.ts';
import { alarmsFinding } from '../../ops/health/checks.ts';
import { readPollerRuns } from '../../ops/logs/function-logs.ts';
import { readQueueStates } from '../../ops/queues/state.ts';
import type { Target } from '../../ops/target/target.ts';
import type { ConsoleSource } from '../source.ts';
import { listBooks } from './books.ts';
import { listDeliveries } from './deliveries.ts';
import { headlineOf } from './headline.ts';
import { createHealth } from './health.ts';

/** Number of polled books that are read for a snapshot. */
const MOST_READ = 100;

/** Number of deliveries and books in a snapshot; their pages have more. */
const ROWS = 8;

/** Share of the time that reading slow parts may take: `1 / (1 + this)`. */
const PAUSE_FACTOR = 9;

export type StackSnapshot = Awaited<ReturnType<ReturnType<typeof createSnapshots>>>;

/**
 * Reads the state of a stack with the functions of the commands, whenever it is called. A part that cannot be read is
 * `undefined`, and `health` says why.
 */
export function createSnapshots(source: ConsoleSource, signal: AbortSignal) {
  const { stage, opsFlags, partsEveryMs, open } = source;
  const { read, first } = createHealth(open, opsFlags);
  // A new snapshot of a stage is too far away to wait for it.
  const readHealth = stage === null ? async () => read() : first;
  const part = <T>(readPart: (target: Target) => Promise<T>) =>
    atMostEvery(partsEveryMs, async () => readPart(await open()));
  const queueAges = part((target) => target.queueAges());
  const readPaused = part((target) => target.pausedChannels());
  const readAlarms = part((target) => target.alarms());
  const latest = part((target) => listDeliveries(target, {}, signal));
  const nextBooks = part((target) => listBooks(target, { mostRead: MOST_READ }));
  const readRuns = part((target) => readPollerRuns(target, time('1h'), signal));

  return async () => {
    const unread: Checked[] = [];
    const orReport = async <T>(name: string, readPart: () => Promise<T>, otherwise: string) => {
      try {
        return await readPart();
      } catch (error) {
        unread.push({ name, ...fail(errorText(error), otherwise), isUnread: true });
        return undefined;
      }
    };
    const readQueues = async () => {
      const { sqs, queues } = await open();
      return readQueueStates({ sqs, queues, queueAges });
    };
    const [checked, queues, paused, alarms, deliveries, books, poller, local] = await Promise.all([
      readHealth(),
      orReport('queues', readQueues, 'needs sqs:GetQueueAttributes and cloudwatch:GetMetricData'),
      // A check reports why it cannot be read.
      readPaused().catch(() => undefined),
      orReport('alarms', readAlarms, 'needs cloudwatch:DescribeAlarms'),
      orReport('deliveries', latest, 'needs dynamodb:Query and cloudformation:DescribeStackResource'),
      orReport('polled books', nextBooks, 'needs dynamodb:Query and dynamodb:BatchGetItem'),
      orReport('runs of the poller', readRuns, 'needs logs:FilterLogEvents'),
      source.readLocal?.(),
    ]);
    if (stage !== null && alarms !== undefined)
      unread.push({ name: 'alarms', ...alarmsFinding(stage, alarms) });
    const counts = countMessages(queues ?? []);
    const health = checked?.concat(unread);
    const [{ problems } = { problems: [] }] = poller ?? [];
    return {
      facts: { stage, opsFlags },
      counts,
      health,
      headline: headlineOf({
        health,
        dead: counts.dead,
        queued: counts.waiting + counts.inFlight,
        pollerProblem:
          problems.length === 0 ? '' : `it cannot read the list of books of ${problems.join(', ')}`,
        books: books?.read ?? 0,
        lacking: books?.lacking ?? 0,
        isCut: books?.isCut ?? true,
      }),
      queues: queues?.map((queue) => ({ ...queue, isPaused: paused?.includes(queue.channel) ?? null })),
      alarms: alarms?.filter(({ state }) => state !== 'OK'),
      deliveries: deliveries && { ...deliveries, rows: deliveries.rows.slice(0, ROWS) },
      books: books && { ...books, rows: books.rows.slice(0, ROWS) },
      poller,
      local,
    };
  };
}

/** Messages in all queues, and in all dead-letter queues. */
function countMessages(queues: Awaited<ReturnType<typeof readQueueStates>>) {
  const sum = (name: 'visible' | 'delayed' | 'inFlight' | 'dlq') =>
    queues.reduce((all, queue) => all + queue[name], 0);
  return { waiting: sum('visible') + sum('delayed'), inFlight: sum('inFlight'), dead: sum('dlq') };
}

/**
 * Calls a function again only if its last call is older than that, and long ago compared with the time that it took;
 * until then its answer, or its error, is the same.
 */
export function atMostEvery<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | undefined;
  let nextAt = 0;
  return () => {
    const startedAt = Date.now();
    if (last !== undefined && startedAt < nextAt) return last;
    nextAt = Number.POSITIVE_INFINITY;
    last = read().finally(() => {
      const endedAt = Date.now();
      nextAt = Math.max(startedAt + ms, endedAt + (endedAt - startedAt) * PAUSE_FACTOR);
    });
    return last;
  };
}

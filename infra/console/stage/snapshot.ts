import { errorText } from '../../command-line/error-text.ts';
import { type Checked, fail } from '../../ops/doctor/check.ts';
import { alarmsFinding } from '../../ops/health/alarms.ts';
import { readQueueStates } from '../../ops/queues/state.ts';
import type { Target } from '../../ops/target/target.ts';
import { headlineOf } from '../views/headline.ts';
import { createHealth } from '../views/health.ts';
import { countMessages } from '../views/message-counts.ts';
import { listBooks } from './books.ts';
import { listDeliveries } from './deliveries.ts';

/** Time after which slow or paid parts are read again; CloudWatch has no newer values anyway. */
const MINUTE_MS = 60_000;

/** Number of polled books that are read for a snapshot. */
const MOST_READ = 100;

export type StageSnapshot = Awaited<ReturnType<ReturnType<typeof createStageSnapshots>>>;

/**
 * Reads the state of a stage with the functions of the commands, whenever it is called. A part that cannot be read is
 * `undefined`, and `health` says why.
 *
 * @param opsFlags options of `ops` that select the stage: ` --stage prod`.
 */
export function createStageSnapshots(
  stageTarget: Target,
  {
    stage,
    opsFlags,
    signal,
  }: { readonly stage: string; readonly opsFlags: string; readonly signal: AbortSignal },
) {
  const target: Target = {
    ...stageTarget,
    queueAges: atMostEvery(MINUTE_MS, stageTarget.queueAges),
    pausedChannels: atMostEvery(MINUTE_MS, stageTarget.pausedChannels),
  };
  const { first: readHealth } = createHealth(async () => target, opsFlags);
  const readAlarms = atMostEvery(MINUTE_MS, target.alarms);
  const latest = atMostEvery(MINUTE_MS, () => listDeliveries(target, {}, signal));
  const nextBooks = atMostEvery(MINUTE_MS, () => listBooks(target, { mostRead: MOST_READ }));

  return async () => {
    const unread: Checked[] = [];
    const part = async <T>(name: string, read: () => Promise<T>, otherwise: string) => {
      try {
        return await read();
      } catch (error) {
        unread.push({ name, ...fail(errorText(error), otherwise), isUnread: true });
        return undefined;
      }
    };
    const [checked, queues, paused, alarms, deliveries, books] = await Promise.all([
      readHealth(),
      part(
        'queues',
        () => readQueueStates(target),
        'needs sqs:GetQueueAttributes and cloudwatch:GetMetricData',
      ),
      // A check reports why it cannot be read.
      target.pausedChannels().catch(() => undefined),
      part('alarms', readAlarms, 'needs cloudwatch:DescribeAlarms'),
      part('deliveries', latest, 'needs dynamodb:Query and cloudformation:DescribeStackResource'),
      part('polled books', nextBooks, 'needs dynamodb:Query and dynamodb:BatchGetItem'),
    ]);
    if (alarms !== undefined) unread.push({ name: 'alarms', ...alarmsFinding(stage, alarms) });
    const counts = countMessages(queues ?? []);
    const health = checked?.concat(unread);
    const rows = deliveries?.rows ?? [];
    return {
      stage,
      facts: { stage, opsFlags },
      counts,
      health,
      headline: headlineOf({
        health,
        dead: counts.dead,
        queued: counts.waiting + counts.inFlight,
        pollerProblem: '',
        retrying: rows.filter(({ state }) => state === 'retrying').length,
        books: books?.read ?? 0,
        lacking: books?.lacking ?? 0,
        isCut: books?.isCut ?? true,
      }),
      queues: queues?.map((queue) => ({ ...queue, isPaused: paused?.includes(queue.channel) ?? null })),
      alarms: alarms?.filter(({ state }) => state !== 'OK'),
      deliveries,
      books: books && { ...books, rows: books.rows.slice(0, 5) },
    };
  };
}

/** Calls a function again only if its last call is older than that; until then its answer, or its error, is the same. */
export function atMostEvery<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | undefined;
  let at = 0;
  return () => {
    const now = Date.now();
    if (last === undefined || now >= at + ms) {
      at = now;
      last = read();
    }
    return last;
  };
}

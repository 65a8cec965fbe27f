import { setTimeout as delay } from 'node:timers/promises';
import { queueDepth, total } from '../queue-depth.ts';
import type { Target } from '../target.ts';

const READ_EVERY_MS = 200;
const LEDGER_PATIENCE_MS = 10_000;

/** Number of runs of the poller that a book may need. */
const POLLER_RUNS = 3;

/** A book, or an event about it. */
export interface Triggered {
  readonly uuid: string;
  readonly event: string | null;
}

/** Describes what `--wait` waits for, and how long that may take. */
export function describeWait(
  { uuid, event }: Triggered,
  pollSeconds: number | undefined,
  patienceSeconds: number,
): string {
  const what = event === null ? `book ${uuid} is finished and stored` : `${event} about ${uuid} is processed`;
  const waiting = `waiting until ${what}, for at most ${patienceSeconds} s`;
  if (pollSeconds === undefined) return waiting;
  const isTooSlow = pollSeconds * POLLER_RUNS > patienceSeconds;
  const advice = isTooSlow ? ', which may be too slow: POLL_SECONDS of "npm run local" sets it' : '';
  return `${waiting}; the poller runs every ${pollSeconds} s${advice}`;
}

/**
 * Waits until the queues are empty, because a result is stored before its delivery is in the ledger. Messages of
 * other books, or of a paused channel, may stay there, so the wait is short.
 */
export async function waitForLedger({ sqs, queues }: Target, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + LEDGER_PATIENCE_MS;
  const queued = async () => {
    const depths = await Promise.all(Object.values(queues).map(({ url }) => queueDepth(sqs, url)));
    return depths.some((depth) => total(depth) > 0);
  };
  while ((await queued()) && !signal.aborted && Date.now() < deadline) {
    await delay(READ_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Reader } from '../../../shared/store/reader.ts';
import { progressBar } from '../../command-line/progress.ts';
import { readContents } from '../ledger/books.ts';
import { queueDepth, total } from '../queues/state.ts';
import type { Target } from '../target/target.ts';

const READ_EVERY_MS = 200;
const LEDGER_PATIENCE_MS = 10_000;

/** Number of runs of the poller that a book may need. */
const POLLER_RUNS = 3;

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

/** Stored data of a book, without bodies and names. */
export type StoredBook = Awaited<ReturnType<typeof readStoredBook>>;

export async function readStoredBook(reader: Reader, bookUuid: string) {
  const { book, results, missing, events } = await readContents(reader, bookUuid);
  return {
    complete: book?.complete === true,
    /** Time at which its data was removed permanently: nothing will be stored. */
    forgottenAt: book?.forgottenAt ?? null,
    results: results.map(({ kind, subject, bytes }) => ({ kind, subject, bytes })),
    missing: missing.map(({ kind, subject, code }) => ({ kind, subject, code })),
    events: events.map(({ eventName, source, deliveryId, outcome }) => {
      return { eventName, source, deliveryId, outcome };
    }),
  };
}

/**
 * Reads repeatedly until everything is stored, the time is over, or the operator interrupts.
 *
 * @returns the last reading, and whether it has everything.
 */
export async function follow(
  read: () => Promise<StoredBook>,
  isAll: (stored: StoredBook) => boolean | Promise<boolean>,
  { patienceSeconds, signal }: { readonly patienceSeconds: number; readonly signal: AbortSignal },
): Promise<{ readonly stored: StoredBook; readonly isAll: boolean }> {
  const deadline = Date.now() + patienceSeconds * 1000;
  for (let shown = progressBar(1); ; shown.end()) {
    const stored = await read();
    const { results, missing } = stored;
    shown = progressBar(results.length + missing.length);
    shown.show(results.length, `results; ${missing.length} missing`);
    const all = await isAll(stored);
    if (all || signal.aborted || Date.now() > deadline) {
      shown.end();
      return { stored, isAll: all };
    }
    await delay(READ_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

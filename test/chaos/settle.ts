import { setTimeout as delay } from 'node:timers/promises';
import { createReader } from '../../shared/store/reader.ts';
import type { Harness } from './harness.ts';
import type { FaultRun } from './inject/fault-run.ts';
import { readBody } from './oracle/bodies.ts';
import { type Compared, compareBook } from './oracle/compare.ts';
import type { Partition } from './oracle/partition.ts';
import { countMessages } from './oracle/queued.ts';
import { emptyPartition, readAll, readPartition } from './oracle/snapshot.ts';
import type { BookScripts } from './scripts/book-scripts.ts';

const CHECK_EVERY_MS = 200;

/** The end of a run: what the whole table holds, every book compared with Ocrolus, and what is left in the queues. */
export interface Settled {
  readonly partitions: Map<string, Partition>;
  readonly books: Map<string, Compared>;
  readonly queued: number;
}

/** Waits until the queues are empty. @returns what is left in them at the deadline. */
export async function drain(harness: Harness, deadline: number): Promise<number> {
  const urls = Object.values(harness.stack.queues).map(({ url }) => url);
  for (;;) {
    const left = await countMessages(harness, urls);
    if (left === 0 || Date.now() > deadline) return left;
    await delay(CHECK_EVERY_MS);
  }
}

/**
 * Runs the poller until every book is as it should be and stays so, or the deadline has come.
 *
 * @param quietMs how long all must stay right: longer than the longest wait of the poller.
 */
export async function settle(
  { harness, scripts, faultRun }: Running,
  { deadline, quietMs }: { readonly deadline: number; readonly quietMs: number },
  say: (text: string) => void,
): Promise<Settled> {
  const all = harness.simulator.books.map(({ uuid }) => uuid);
  let differing = all;
  let rightSince: number | undefined;
  while (Date.now() < deadline) {
    await faultRun.poll();
    const left = await drain(harness, deadline);
    const still: string[] = [];
    for (const uuid of differing) {
      const { differences } = await compare(harness, scripts, uuid, await readPartition(harness, uuid));
      if (differences.length > 0) still.push(uuid);
    }
    const isRight = still.length === 0 && left === 0;
    if (!isRight)
      say(`${still.length} books differ, ${left} messages are left: ${still.slice(0, 3).join(' ')}`);
    rightSince = isRight ? (rightSince ?? Date.now()) : undefined;
    const isQuiet = rightSince !== undefined && Date.now() - rightSince >= quietMs;
    if (isQuiet && differing === all) break;
    // At first only what differed; in the end, all must be right at the same time.
    differing = isRight ? all : still.length > 0 ? still : all;
    await delay(CHECK_EVERY_MS);
  }
  const queued = await drain(harness, Math.max(deadline, Date.now() + 10_000));
  const partitions = await readAll(harness);
  const books = new Map<string, Compared>();
  for (const uuid of all) {
    books.set(uuid, await compare(harness, scripts, uuid, partitions.get(uuid) ?? emptyPartition(uuid)));
  }
  return { partitions, books, queued };
}

export interface Running {
  readonly harness: Harness;
  readonly scripts: BookScripts;
  readonly faultRun: FaultRun;
}

async function compare(
  harness: Harness,
  { announcements }: BookScripts,
  bookUuid: string,
  stored: Partition,
): Promise<Compared> {
  const { simulator, table, bodies } = harness;
  const truth = simulator.truth(bookUuid);
  const [announced, missing] = await Promise.all([
    announcements.of(bookUuid),
    createReader(table, bodies).missing(bookUuid),
  ]);
  const book = simulator.books.find(({ uuid }) => uuid === bookUuid);
  return compareBook({
    truth,
    mixed: [...new Set(book?.documents.flatMap(({ mixed }) => mixed ?? []))],
    announced,
    changes: announcements.changesOf(bookUuid),
    stored,
    missing,
    bodyOf: (result) => readBody(harness, result),
  });
}

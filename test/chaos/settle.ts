import { setTimeout as delay } from 'node:timers/promises';
import { type Compared, compareBook } from './compare.ts';
import type { Lives } from './live.ts';
import { countMessages } from './queued.ts';
import { emptyPartition, type Partition, readAll, readPartition } from './snapshot.ts';
import type { Storm } from './storm.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 200;

/** Waits until the queues are empty. @returns what is left in them at the deadline. */
export async function drain(world: World, deadline: number): Promise<number> {
  const urls = Object.values(world.stack.queues).map(({ url }) => url);
  for (;;) {
    const left = await countMessages(world, urls);
    if (left === 0 || Date.now() > deadline) return left;
    await delay(LOOK_EVERY_MS);
  }
}

async function compare(world: World, lives: Lives, bookUuid: string, stored: Partition): Promise<Compared> {
  const [truth, claims] = await Promise.all([world.simulator.expected(bookUuid), lives.claims.of(bookUuid)]);
  return compareBook(truth, stored, claims, lives.claims.changeOf(bookUuid));
}

/**
 * Gives the poller its time: until every book is as it should be, or the deadline has come.
 *
 * @returns what the whole table holds then, and the books that differ.
 */
export async function settle(
  world: World,
  lives: Lives,
  storm: Storm,
  deadline: number,
  say: (text: string) => void,
) {
  let differing = world.simulator.books.map(({ uuid }) => uuid);
  while (differing.length > 0 && Date.now() < deadline) {
    await storm.poll();
    const left = await drain(world, deadline);
    const still: string[] = [];
    for (const uuid of differing) {
      const { differences } = await compare(world, lives, uuid, await readPartition(world, uuid));
      if (differences.length > 0) still.push(uuid);
    }
    differing = still;
    say(`${differing.length} books differ, ${left} messages are left: ${differing.slice(0, 3).join(' ')}`);
    await delay(LOOK_EVERY_MS);
  }
  const queued = await drain(world, Math.max(deadline, Date.now() + 10_000));
  const partitions = await readAll(world);
  const books = new Map<string, Compared>();
  for (const { uuid } of world.simulator.books) {
    books.set(uuid, await compare(world, lives, uuid, partitions.get(uuid) ?? emptyPartition(uuid)));
  }
  return { partitions, books, queued };
}

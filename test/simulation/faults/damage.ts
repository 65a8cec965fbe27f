import type { Key } from '../../../shared/store/table.ts';
import type { Random } from '../kernel/random.ts';
import type { Attributes, Value } from '../kernel/table/values.ts';
import { DAY, HOUR } from '../ocrolus/random.ts';
import type { Core, FaultPhase } from '../system/core.ts';

/** Values that no version of the product has written. */
const OF_BOOK: readonly Attributes[] = [
  { generation: 'three' },
  { open: 'all of them' },
  { account: 12 },
  { createdAt: 'yesterday' },
  { 'need#summary': { state: 7, wanted: 'many', version: 'one' } },
];
const OF_DOCUMENT: readonly Attributes[] = [
  { status: 17 },
  { observedAt: 'now' },
  { generation: 'three' },
  { 'need#forms': { state: 7, wanted: 'many', version: 'one' } },
];

/** So many at once are more than what any limit of the product takes for an accident of a few. */
const MANY = 30;
const FOR_GOOD = 0.2;

/** Damages items of books, of one or of many at once: for some hours, or for good. */
export function scheduleDamage(core: Core, { startAt, quietAt, random }: FaultPhase): void {
  const { scheduler } = core.simulation;
  for (let times = random.int(1, 4); times > 0; times -= 1) {
    scheduler.at(random.int(startAt + DAY / 2, quietAt - DAY / 2), () => {
      const count = random.chance(0.5) ? MANY : random.int(1, 3);
      const stored = core.ocrolus
        .books()
        .filter(({ uuid }) => !core.forgotten.has(uuid) && !core.damaged.has(uuid))
        .filter(({ uuid }) => core.table.peek({ bookId: uuid, item: 'BOOK' }) !== undefined);
      for (const { uuid } of random.shuffled(stored).slice(0, count)) damage(core, uuid, random);
    });
  }
}

function damage(core: Core, bookUuid: string, random: Random): void {
  const { table, simulation, damaged, listeners } = core;
  const documents = [...table.peekPartition(bookUuid, 'DOC#')].map(({ item }) => String(item));
  const isOfBook = documents.length === 0 || random.chance(0.7);
  const key: Key = { bookId: bookUuid, item: isOfBook ? 'BOOK' : random.pick(documents) };
  const values = random.pick(isOfBook ? OF_BOOK : OF_DOCUMENT);
  const before = table.peek(key) ?? {};
  const now = simulation.scheduler.now();
  const until = random.chance(FOR_GOOD) ? Number.POSITIVE_INFINITY : now + random.int(HOUR, 30 * HOUR);
  damaged.set(bookUuid, { from: now, until });
  listeners.damaged?.(bookUuid, now, until);
  table.replace(key, values);
  if (until === Number.POSITIVE_INFINITY) return;
  const repaired: Record<string, Value | undefined> = {};
  for (const name in values) repaired[name] = before[name];
  simulation.scheduler.at(until, () => {
    damaged.delete(bookUuid);
    const current = table.peek(key);
    // What was written since is as it should be.
    const isDamaged = Object.keys(values).every((name) => current?.[name] === values[name]);
    if (current !== undefined && isDamaged) table.replace(key, repaired);
  });
}

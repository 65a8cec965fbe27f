import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/schedule/scheduler.ts';
import type { MemoryTableCore } from '../kernel/table/memory-table-core.ts';
import { DAY } from '../ocrolus/random.ts';

/** DynamoDB removes an item within a few days after its time (AWS: time to live); two here. */
const LATE_MS = 2 * DAY;

/** Removes items whose `expiresAt` has passed: some at once, some days later, in any order. */
export function startExpiry(
  table: MemoryTableCore,
  scheduler: Scheduler,
  { random, until }: { readonly random: Random; readonly until: number },
): void {
  const scheduled = new Set<string>();
  table.onChange(({ key, after }) => {
    const expiresAt = expiryOf(after);
    const name = `${key.bookId} ${key.item}`;
    if (expiresAt === undefined || expiresAt > until || scheduled.has(name)) return;
    scheduled.add(name);
    const check = () => {
      const current = expiryOf(table.peek(key));
      if (current === undefined || current > until) scheduled.delete(name);
      else if (current > scheduler.now()) scheduler.at(current + random.int(0, LATE_MS), check);
      else {
        scheduled.delete(name);
        table.expire(key);
      }
    };
    scheduler.at(expiresAt + random.int(0, LATE_MS), check);
  });
}

/** Unix milliseconds. */
function expiryOf(attributes: { readonly expiresAt?: unknown } | undefined): number | undefined {
  return typeof attributes?.expiresAt === 'number' ? attributes.expiresAt * 1000 : undefined;
}

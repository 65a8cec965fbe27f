import { OWN_PARTITIONS } from '../events/ids.ts';
import { Failure } from '../failure.ts';
import type { Item, Table, Update } from '../store/table.ts';
import { noPermit } from './limiter.ts';

/** The first attempt may guess wrong about a queue, and other processes write in between. */
const TRIES = 5;

/** Time until which Ocrolus's last 429 stopped all calls, in Unix milliseconds. @returns `undefined`: there was none. */
export async function readLastPause(table: Pick<Table, 'get'>): Promise<number | undefined> {
  const item = await table.get({ bookId: OWN_PARTITIONS.rateLimits, item: 'LIGHT' });
  return item?.pausedUntil === undefined ? undefined : Number(item.pausedUntil);
}

export type Bucket = ReturnType<typeof openBucket>;

/**
 * Permits to call Ocrolus, handed out in order to every process of the organization. All times are those of `now`.
 *
 * @param limit the item of the table; one for each limit. @param clock of this process.
 */
export function openBucket(table: Table, limit: 'LIGHT' | 'HEAVY', clock: () => number) {
  const key = { bookId: OWN_PARTITIONS.rateLimits, item: limit };
  let behindMs = 0;
  let nextAt = 0;
  let pausedUntil = 0;

  const now = () => clock() + behindMs;
  const learn = (item: Item | undefined) => {
    behindMs = Math.max(behindMs, Number(item?.writtenAt ?? 0) - clock());
    nextAt = Math.max(nextAt, Number(item?.nextAt ?? 0));
    pausedUntil = Math.max(pausedUntil, Number(item?.pausedUntil ?? 0));
  };
  /** @returns the item before the change, or `undefined` when the condition failed. */
  const update = async (change: Update): Promise<Item | undefined> => {
    const stamped = { ...change, set: { ...change.set, writtenAt: now() } };
    const result = await stored(() => table.update(key, stamped));
    learn(result.written ? result.before : result.existing);
    return result.written ? (result.before ?? {}) : undefined;
  };

  return {
    /** Unix milliseconds of the fastest clock known to this process. */
    now,
    /** Time of the next free permit, as far as this process knows; never decreases. */
    nextAt: () => nextAt,
    /** Permits before this time are void, as far as this process knows; never decreases. */
    pausedUntil: () => pausedUntil,
    /**
     * Reserves consecutive permits.
     *
     * @param lengthMs from the first permit to the one after the last.
     * @param earliest free permits before this time are skipped.
     * @param latest nothing is reserved if the first permit would be later.
     * @returns the time of the first permit.
     * @throws Failure `retry`: `rate-limit` if the first permit would be later than `latest`, else a failure of the
     * store.
     */
    async reserve(lengthMs: number, earliest: number, latest: number): Promise<number> {
      for (let n = 0; n < TRIES; n += 1) {
        const from = Math.max(earliest, pausedUntil);
        const possibleAt = Math.max(from, nextAt);
        if (possibleAt > latest) throw noPermit(possibleAt - now());
        // A queue that seems to have ended just now was probably continued by other processes.
        const hasQueue = nextAt >= from - (n === 0 ? lengthMs : 0);
        const before = await update(hasQueue ? append(lengthMs, from, latest) : restart(lengthMs, from));
        if (before === undefined) continue;
        const first = hasQueue ? Number(before.nextAt) : from;
        learn({ nextAt: first + lengthMs });
        return first;
      }
      throw new Failure('retry', 'rate-limit-store');
    },
    /** Voids every permit before `until`; other processes learn about it with their next write. */
    async pause(until: number): Promise<void> {
      await update({
        set: { pausedUntil: until },
        condition: [{ pausedUntil: { exists: false } }, { pausedUntil: { below: until } }],
      });
      learn({ pausedUntil: until });
    },
  };
}

/** Reserves the permits after the last reserved one. */
function append(lengthMs: number, from: number, latest: number): Update {
  return { add: { nextAt: lengthMs }, condition: { nextAt: { from, to: latest } } };
}

/** Reserves the permits from `from`, if none after it is reserved. */
function restart(lengthMs: number, from: number): Update {
  return {
    set: { nextAt: from + lengthMs },
    condition: [{ nextAt: { exists: false } }, { nextAt: { below: from } }],
  };
}

/** A failing store says nothing about the rate limit, and gets its own code. */
async function stored<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof Failure ? cause : new Failure('retry', 'rate-limit-store', { cause });
  }
}

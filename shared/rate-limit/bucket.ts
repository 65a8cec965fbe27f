import { OWN_PARTITIONS } from '../events/partitions.ts';
import { Failure } from '../failure.ts';
import type { Item, Table } from '../store/table.ts';
import type { Update } from '../store/table-expressions.ts';
import { endOfPause, noPermit } from './limiter.ts';

/** Each limit is one item of the partition. */
export type LimitName = 'LIGHT' | 'HEAVY';

/** Permits to call Ocrolus, handed out in order to every process of the organization. Times are Unix milliseconds. */
export interface Bucket {
  /**
   * Reserves permits that follow each other.
   *
   * @param permits how many.
   * @param intervalMs from one permit to the next.
   * @param aheadMs nothing is reserved when the first permit would be later than this from now.
   * @returns the time of the first permit.
   * @throws Failure `retry`: `rate-limit` when the queue is longer than `aheadMs`, else a failure of the store.
   */
  reserve(limit: LimitName, permits: number, intervalMs: number, aheadMs: number): Promise<number>;
  /** Voids every permit within the next seconds; reserved ones as soon as their holder learns about the pause. */
  pause(limit: LimitName, seconds: number): Promise<void>;
  /** Whether a pause has voided a permit that is due now. */
  isVoid(limit: LimitName, at: number): Promise<boolean>;
}

interface State {
  readonly learnedAt: number;
  /** The time of the next free permit: the end of the queue. */
  readonly nextAt: number;
  readonly pausedUntil: number;
}

const PARTITION = OWN_PARTITIONS.rateLimits;

/** The first attempt may guess wrong whether there is a queue, and other processes write in between. */
const TRIES = 5;

/**
 * A token bucket as one number: the time of the next free permit. Unused permits are lost, not saved up. So a
 * Lambda that is killed with permits in hand costs a moment, and no process can call too often after a quiet time.
 */
export function openBucket(table: Table, now: () => number): Bucket {
  const known = new Map<LimitName, State>();
  /** Limits that had a queue at the last reservation, and so probably still have one. */
  const queued = new Set<LimitName>();

  const keyOf = (limit: LimitName) => ({ bookId: PARTITION, item: limit });
  const stateOf = (limit: LimitName): State =>
    known.get(limit) ?? { learnedAt: 0, nextAt: 0, pausedUntil: 0 };
  const learn = (limit: LimitName, item: Item | undefined): State => {
    const state = {
      learnedAt: now(),
      nextAt: Number(item?.nextAt ?? 0),
      // Answers to requests sent at the same time may arrive in any order.
      pausedUntil: Math.max(stateOf(limit).pausedUntil, Number(item?.pausedUntil ?? 0)),
    };
    known.set(limit, state);
    return state;
  };
  /** @returns the item before the change, or `undefined` when the condition failed. */
  const update = async (limit: LimitName, change: Update): Promise<Item | undefined> => {
    const result = await stored(() => table.update(keyOf(limit), change));
    if (!result.written) {
      learn(limit, result.existing);
      return undefined;
    }
    const before = result.before ?? {};
    const { nextAt: added = 0 } = change.add ?? {};
    learn(limit, { ...before, nextAt: Number(before.nextAt ?? 0) + added, ...change.set });
    return before;
  };

  return {
    async reserve(limit, permits, intervalMs, aheadMs) {
      const length = permits * intervalMs;
      for (let n = 0; n < TRIES; n += 1) {
        const start = now();
        const { nextAt } = stateOf(limit);
        const hasQueue = nextAt > start || (n === 0 && queued.has(limit));
        // Just learned, so there is no need to ask again.
        if (n > 0 && nextAt > start + aheadMs) throw noPermit(nextAt - start);
        const change = hasQueue ? append(length, start, aheadMs) : restart(length, start);
        const before = await update(limit, change);
        if (before === undefined) continue;
        const first = hasQueue ? Number(before.nextAt) : start;
        if (first > now()) queued.add(limit);
        else queued.delete(limit);
        return first;
      }
      throw new Failure('retry', 'rate-limit-store');
    },
    async pause(limit, seconds) {
      const until = endOfPause(now(), seconds);
      const shorter = { values: { ':until': until } };
      const before = await update(limit, {
        set: { nextAt: until, pausedUntil: until },
        condition: { expression: 'attribute_not_exists(nextAt) OR nextAt < :until', ...shorter },
      });
      if (before !== undefined || stateOf(limit).pausedUntil >= until) return;
      // The queue is longer than the pause: only the permits within the pause become void.
      await update(limit, {
        set: { pausedUntil: until },
        condition: { expression: 'attribute_not_exists(pausedUntil) OR pausedUntil < :until', ...shorter },
      });
    },
    async isVoid(limit, at) {
      const { learnedAt, pausedUntil } = stateOf(limit);
      // During a pause no process writes, so none learns that the pause was extended.
      const isStale = at >= pausedUntil && learnedAt < pausedUntil;
      const state = isStale ? learn(limit, await stored(() => table.get(keyOf(limit)))) : stateOf(limit);
      return at < state.pausedUntil;
    },
  };
}

/** There is a queue: the new permits follow it. */
function append(length: number, now: number, aheadMs: number): Update {
  return {
    add: { nextAt: length },
    condition: {
      expression: 'nextAt > :now AND nextAt <= :latest',
      values: { ':now': now, ':latest': now + aheadMs },
    },
  };
}

/** There is no queue: the first permit is now. */
function restart(length: number, now: number): Update {
  return {
    set: { nextAt: now + length },
    condition: { expression: 'attribute_not_exists(nextAt) OR nextAt <= :now', values: { ':now': now } },
  };
}

/** A store that fails says nothing about the rate limit. */
async function stored<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof Failure ? cause : new Failure('retry', 'rate-limit-store', { cause });
  }
}

import { expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { createSharedRateLimiter } from '../../shared/rate-limit/shared.ts';
import type { Table } from '../../shared/store/table.ts';
import { virtualClock } from '../ocrolus/testing/virtual-clock.ts';
import { useTables } from '../store/testing/table.ts';

const createTable = useTables();
const kmsDisabled = Object.assign(new Error('The key is disabled'), { name: 'KMSDisabledException' });

const open = (table: Table, priority: 'consumer' | 'poller' = 'consumer', { now, wait } = virtualClock()) =>
  createSharedRateLimiter({ table, now, wait, perSecond: 10, heavyPerSecond: 1, priority });

/** A table whose first requests fail. */
const failing = async (error: Error, failures = Number.POSITIVE_INFINITY): Promise<Table> => {
  const table = await createTable();
  let left = failures;
  return {
    ...table,
    update: async (...wanted) => {
      left -= 1;
      if (left >= 0) throw error;
      return table.update(...wanted);
    },
  };
};

test.each(['consumer', 'poller'] as const)(
  'an error of KMS is not a rate limit for a %s',
  async (priority) => {
    const limiter = open(await failing(kmsDisabled), priority);
    await expect(limiter.take('light', 60_000)).rejects.toMatchObject({
      class: 'retry',
      code: 'rate-limit-store',
      cause: kmsDisabled,
      retryAfterSeconds: undefined,
    });
  },
);

test.each(['light', 'heavy'] as const)(
  'a failure of DynamoDB passes through a %s call unchanged',
  async (weight) => {
    const throttled = new Failure('retry', 'dynamodb-throttled');
    const limiter = open(await failing(throttled));
    await expect(limiter.take(weight, 60_000)).rejects.toBe(throttled);
  },
);

test('a pause that cannot be stored fails', async () => {
  const limiter = open(await failing(kmsDisabled));
  await expect(limiter.pause(5)).rejects.toMatchObject({ class: 'retry', code: 'rate-limit-store' });
});

test('all callers of a failed write learn about it, and the next call tries again', async () => {
  const clock = virtualClock();
  const limiter = open(await failing(kmsDisabled, 1), 'consumer', clock);
  const outcomes = await Promise.allSettled(Array.from({ length: 3 }, () => limiter.take('light', 60_000)));
  expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  await expect(clock.run(limiter.take('light', 60_000))).resolves.toBeUndefined();
});

test('a bucket that cannot be written under its condition is a failure of the store, not an endless loop', async () => {
  const table = await createTable();
  const limiter = open({ ...table, update: async () => ({ written: false, existing: undefined }) });
  await expect(limiter.take('light', 60_000)).rejects.toMatchObject({ code: 'rate-limit-store' });
});

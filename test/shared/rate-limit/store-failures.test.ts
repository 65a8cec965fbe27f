import { expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { createSharedRateLimiter } from '../../../shared/rate-limit/shared.ts';
import type { Table } from '../../../shared/store/table.ts';
import { virtualClock } from '../ocrolus/testing/virtual-clock.ts';
import { memoryTable } from '../store/testing/memory-table.ts';

const kmsDisabled = Object.assign(new Error('The key is disabled'), { name: 'KMSDisabledException' });

const open = (table: Table, { now, wait } = virtualClock(Date.parse('2026-02-01T00:00:00Z'))) =>
  createSharedRateLimiter({ table, now, wait, perSecond: 10, heavyPerSecond: 1 });
const DEADLINE = Date.parse('2026-02-01T00:01:00Z');

/** A table whose first requests fail. */
const failing = async (error: Error, failures = Number.POSITIVE_INFINITY): Promise<Table> => {
  const table = await memoryTable();
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

test('an error of KMS is not a rate limit', async () => {
  const limiter = open(await failing(kmsDisabled));
  await expect(limiter.take('light', DEADLINE)).rejects.toMatchObject({
    class: 'retry',
    code: 'rate-limit-store',
    cause: kmsDisabled,
    retryAfterSeconds: undefined,
  });
});

test.each(['light', 'heavy'] as const)('a failure of DynamoDB passes through a %s call', async (weight) => {
  const throttled = new Failure('retry', 'dynamodb-throttled');
  const limiter = open(await failing(throttled));
  await expect(limiter.take(weight, DEADLINE)).rejects.toBe(throttled);
});

test('a pause that cannot be stored fails', async () => {
  const limiter = open(await failing(kmsDisabled));
  await expect(limiter.pause(5)).rejects.toMatchObject({ class: 'retry', code: 'rate-limit-store' });
});

test('all callers of a failed write learn about it, and the next call tries again', async () => {
  const clock = virtualClock(Date.parse('2026-02-01T00:00:00Z'));
  const limiter = open(await failing(kmsDisabled, 1), clock);
  const outcomes = await Promise.allSettled(Array.from({ length: 3 }, () => limiter.take('light', DEADLINE)));
  expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  await expect(clock.run(limiter.take('light', DEADLINE))).resolves.toBeUndefined();
});

test('a bucket that cannot be written under its condition is a failure of the store, not an endless loop', async () => {
  const table = await memoryTable();
  const limiter = open({ ...table, update: async () => ({ written: false, existing: undefined }) });
  await expect(limiter.take('light', DEADLINE)).rejects.toMatchObject({ code: 'rate-limit-store' });
});

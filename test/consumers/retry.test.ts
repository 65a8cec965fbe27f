import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retrySeconds } from '../../functions/consumers/visibility.ts';
import { Failure } from '../../shared/failure.ts';
import { useTables } from '../store/testing/table.ts';
import { createStage, delivery, receive } from './testing/stage.ts';

const createTable = useTables();

/** Of every queue; the wait after the last receive leads to the dead-letter queue. */
const RECEIVES = 20;

test('Ocrolus may be down for more than two hours before anything ends in the dead-letter queue', () => {
  const waits = Array.from({ length: RECEIVES - 1 }, (_, n) => retrySeconds(n + 1, 0));
  expect(waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(2 * 3600);
});

test('the first try comes soon, and no wait is longer than a quarter of an hour or than SQS allows', () => {
  expect(retrySeconds(1, 0.999)).toBeLessThanOrEqual(5);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, random) => {
        const seconds = retrySeconds(attempts, random);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThan(0);
        expect(seconds).toBeLessThanOrEqual(900);
      },
    ),
  );
});

test('waits grow, and are spread so that what failed together does not come back together', () => {
  for (let attempts = 1; attempts < RECEIVES; attempts += 1) {
    const [soonest, latest] = [retrySeconds(attempts, 0), retrySeconds(attempts, 1)];
    expect(latest).toBeGreaterThanOrEqual(Math.floor((soonest * 4) / 3) - 1);
    expect(latest).toBeGreaterThan(soonest);
    expect(retrySeconds(attempts + 1, 0)).toBeGreaterThanOrEqual(soonest);
  }
});

test('nobody comes back sooner than Ocrolus has asked for, within reason', () => {
  expect(retrySeconds(1, 0.5, 120)).toBe(120);
  expect(retrySeconds(1, 0.5, 86_400)).toBe(900);
});

test('a failed message stays out of sight longer each time it fails', async () => {
  const stage = createStage(await createTable());
  const seconds: (number | undefined)[] = [];
  for (const attempts of [1, 4, 12]) {
    const failing = async () => Promise.reject(new Failure('retry', 'http-503'));
    await receive(stage, failing, [delivery('BOOK_VERIFIED', { bookUuid: 'a' })], { attempts });
    seconds.push(stage.visibility.get('receipt-0'));
  }
  expect(seconds).toEqual([1, 4, 12].map((attempts) => retrySeconds(attempts, 0.5)));
});

test('Ocrolus says for how long', async () => {
  const stage = createStage(await createTable());
  const failing = async () => Promise.reject(new Failure('retry', 'http-429', { retryAfterSeconds: 77 }));
  await receive(stage, failing, [delivery('BOOK_VERIFIED', { bookUuid: 'a' })]);
  expect(stage.visibility.get('receipt-0')).toBe(77);
});

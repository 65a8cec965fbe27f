import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retrySeconds } from '../../functions/consumers/coming-back.ts';
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

describe('a message that has only waited for its turn', () => {
  const throttled = (code: string) => async () =>
    Promise.reject(new Failure('retry', code, { retryAfterSeconds: 10 }));
  const message = delivery('BOOK_VERIFIED', { bookUuid: 'a' });

  test.each(['rate-limit', 'http-429'])('begins anew before its receives are used up (%s)', async (code) => {
    const stage = createStage(await createTable());
    expect(await receive(stage, throttled(code), [message], { attempts: RECEIVES / 2 })).toEqual([]);
    expect(stage.anew).toEqual([{ body: JSON.stringify(message), group: 'a', seconds: expect.any(Number) }]);
    expect(stage.anew[0]?.seconds).toBeGreaterThan(600);
    expect(stage.anew[0]?.seconds).toBeLessThanOrEqual(900);
    expect(stage.visibility.size).toBe(0);
    // It is not through: nothing says so.
    expect(await stage.reader.events('a')).toEqual([]);
  });

  test('comes back as others do until then', async () => {
    const stage = createStage(await createTable());
    expect(await receive(stage, throttled('rate-limit'), [message], { attempts: 9 })).toHaveLength(1);
    expect(stage.anew).toEqual([]);
  });

  test('comes back as others do when it cannot be sent', async () => {
    const sendAnew = () => Promise.reject(new Error('SQS is down'));
    const stage = createStage(await createTable(), { sendAnew });
    expect(await receive(stage, throttled('rate-limit'), [message], { attempts: 12 })).toHaveLength(1);
    expect(stage.visibility.size).toBe(1);
  });

  test('is not one that Ocrolus failed to answer', async () => {
    const stage = createStage(await createTable());
    expect(await receive(stage, throttled('http-503'), [message], { attempts: 12 })).toHaveLength(1);
    expect(stage.anew).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retrySeconds } from '../../../../functions/consumers/runtime/redelivery.ts';
import { MAX_RECEIVES } from '../../../../shared/events/channels.ts';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, saysCaptured } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

test('the table may be down for more than two hours before anything ends in the dead-letter queue', () => {
  const waits = Array.from({ length: MAX_RECEIVES - 1 }, (_, n) => retrySeconds(n + 1, 0));
  expect(waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(2 * 3600);
});

test('the first retry comes soon, and no wait is longer than 15 minutes or than SQS allows', () => {
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

test('waits grow, and are spread so that what failed together is not retried together', () => {
  for (let attempts = 1; attempts < MAX_RECEIVES; attempts += 1) {
    const [soonest, latest] = [retrySeconds(attempts, 0), retrySeconds(attempts, 1)];
    expect(latest).toBeGreaterThanOrEqual(Math.floor((soonest * 4) / 3) - 1);
    expect(latest).toBeGreaterThan(soonest);
    expect(retrySeconds(attempts + 1, 0)).toBeGreaterThanOrEqual(soonest);
  }
});

test('no retry is earlier than the failure allows, up to a limit', () => {
  expect(retrySeconds(1, 0.5, 120)).toBe(120);
  expect(retrySeconds(1, 0.5, 86_400)).toBe(900);
});

/** A consumer for which Book status, or the forms of a finished document, fail. */
async function failing(where: 'book-status' | 'forms', failure: Failure): Promise<Harness> {
  const harness = createHarness(await memoryTable());
  const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
  const status = calls.bookStatus({ bookUuid: 'a' });
  harness.ocrolus.says(status, where === 'book-status' ? failure : bookStatus('a', 'VERIFYING', docs));
  saysCaptured(harness.ocrolus, 'a', 'd');
  if (where === 'forms') harness.ocrolus.says(calls.documentForms('d'), failure);
  return harness;
}
const message = delivery('DOC_VERIFIED', { bookUuid: 'a', uploadedDocUuid: 'd' });
const book = async ({ reader }: Harness) => reader.book('a');

test('a message that failed at the table stays invisible longer each time', async () => {
  const harness = await failing('book-status', new Failure('retry', 'dynamodb-throttled'));
  const seconds: (number | undefined)[] = [];
  for (const attempts of [1, 4, 9]) {
    expect(await receive(harness, [message], { attempts })).toEqual(['message-0']);
    seconds.push(harness.visibility.get('receipt-0'));
  }
  expect(seconds).toEqual([1, 4, 9].map((attempts) => retrySeconds(attempts, 0.5)));
});

describe('failures of Ocrolus and the network never cause a dead letter', () => {
  test.each(
    (['book-status', 'forms'] as const).flatMap((where) =>
      ['http-500', 'http-503', 'network', 'deadline', 'token', '500', '0'].map(
        (code) => [where, code] as const,
      ),
    ),
  )('%s, %s: two quick retries, then the poller', async (where, code) => {
    const harness = await failing(where, new Failure('retry', code));
    expect(await receive(harness, [message])).toEqual(['message-0']);
    expect(harness.visibility.get('receipt-0')).toBe(3);
    expect(await receive(harness, [message], { attempts: 3 })).toEqual([]);
    expect(await harness.reader.events('a')).toMatchObject([{ outcome: 'waiting' }]);
    expect((await harness.reader.events('a'))[0]?.reason).toContain(code);
    const { dueAt = '' } = (await book(harness)) ?? {};
    expect(Date.parse(dueAt) - harness.clock.now()).toBeLessThanOrEqual(300_000);
  });

  test.each(
    (['book-status', 'forms'] as const).flatMap((where) =>
      ['rate-limit', 'http-429'].map((code) => [where, code] as const),
    ),
  )('%s, %s: a message without a permit leaves it to the poller at once', async (where, code) => {
    const harness = await failing(where, new Failure('retry', code, { retryAfterSeconds: 10 }));
    expect(await receive(harness, [message])).toEqual([]);
    expect(await harness.reader.events('a')).toMatchObject([{ outcome: 'waiting' }]);
    const { dueAt = '' } = (await book(harness)) ?? {};
    expect(Date.parse(dueAt) - harness.clock.now()).toBeLessThanOrEqual(900_000);
    if (where === 'forms') expect(await harness.reader.missing('a')).toMatchObject([{ kind: 'forms' }]);
  });
});

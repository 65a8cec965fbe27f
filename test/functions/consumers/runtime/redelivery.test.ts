import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retrySeconds } from '../../../../functions/consumers/runtime/redelivery.ts';
import { MAX_RECEIVES } from '../../../../shared/events/channels.ts';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document } from '../testing/answers.ts';

const book = useBook();

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

/** Lets Book status, or the forms of a finished document, fail. */
const fails = (where: string, failure: Failure) => {
  book.says('VERIFYING', [document('d')]);
  book.answers(where === 'forms' ? calls.documentForms('d') : calls.bookStatus({ bookUuid: 'b' }), failure);
};
const deliver = (attempts: number) => book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts });
const visible = () => book.consumers.visibility.get('receipt-0');

test('a message that failed at the table stays invisible longer each time', async () => {
  fails('book-status', new Failure('retry', 'dynamodb-throttled'));
  const seconds: (number | undefined)[] = [];
  for (const attempts of [1, 4, 9]) {
    expect(await deliver(attempts)).toEqual(['message-0']);
    seconds.push(visible());
  }
  expect(seconds).toEqual([1, 4, 9].map((attempts) => retrySeconds(attempts, 0.5)));
});

describe.each(['book-status', 'forms'])(
  'failures of Ocrolus and the network never cause a dead letter: %s',
  (where) => {
    test.each(['http-500', 'http-503', 'network', 'deadline', 'token', '500', '0'])(
      '%s: two quick retries, then the poller',
      async (code) => {
        fails(where, new Failure('retry', code));
        expect(await deliver(1)).toEqual(['message-0']);
        expect(visible()).toBe(3);
        expect(await deliver(3)).toEqual([]);
        expect(await book.ledger()).toMatchObject([
          { outcome: 'waiting', reason: expect.stringContaining(code) },
        ]);
        expect(await book.untilDue()).toBeLessThanOrEqual(300);
      },
    );

    test.each(['rate-limit', 'http-429'])('%s: left to the poller at once', async (code) => {
      fails(where, new Failure('retry', code, { retryAfterSeconds: 10 }));
      expect(await deliver(1)).toEqual([]);
      expect(await book.ledger()).toMatchObject([{ outcome: 'waiting' }]);
      expect(await book.untilDue()).toBeLessThanOrEqual(900);
      if (where === 'forms') expect(await book.missing()).toEqual(['forms d']);
    });
  },
);

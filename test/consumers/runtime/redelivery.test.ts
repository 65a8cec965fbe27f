import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  REQUEUE_AFTER_RECEIVES,
  retrySeconds,
  shouldHandOver,
  shouldRequeue,
} from '../../../functions/consumers/runtime/redelivery.ts';
import { Envelope } from '../../../shared/events/envelope.ts';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, saysCaptured } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

const createTable = useTables();

/** Of every queue; the wait after the last receive leads to the dead-letter queue. */
const RECEIVES = 20;

test('Ocrolus may be down for more than two hours before anything ends in the dead-letter queue', () => {
  const waits = Array.from({ length: RECEIVES - 1 }, (_, n) => retrySeconds(n + 1, 0));
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
  for (let attempts = 1; attempts < RECEIVES; attempts += 1) {
    const [soonest, latest] = [retrySeconds(attempts, 0), retrySeconds(attempts, 1)];
    expect(latest).toBeGreaterThanOrEqual(Math.floor((soonest * 4) / 3) - 1);
    expect(latest).toBeGreaterThan(soonest);
    expect(retrySeconds(attempts + 1, 0)).toBeGreaterThanOrEqual(soonest);
  }
});

test('no retry is earlier than Ocrolus has asked for, up to a limit', () => {
  expect(retrySeconds(1, 0.5, 120)).toBe(120);
  expect(retrySeconds(1, 0.5, 86_400)).toBe(900);
});

/** A consumer for which Book status, or the forms of a finished document, fail. */
async function failing(where: 'book-status' | 'forms', failure: Failure): Promise<Harness> {
  const harness = createHarness(await createTable());
  const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
  const status = calls.bookStatus({ bookUuid: 'a' });
  harness.ocrolus.says(status, where === 'book-status' ? failure : bookStatus('a', 'VERIFYING', docs));
  saysCaptured(harness.ocrolus, 'a', 'd');
  if (where === 'forms') harness.ocrolus.says(calls.documentForms('d'), failure);
  return harness;
}
const message = delivery('DOC_VERIFIED', { bookUuid: 'a', uploadedDocUuid: 'd' });

test('a failed message stays invisible longer each time it fails', async () => {
  const harness = await failing('book-status', new Failure('retry', 'http-503'));
  const seconds: (number | undefined)[] = [];
  for (const attempts of [1, 4, 9]) {
    await receive(harness, [message], { attempts });
    seconds.push(harness.visibility.get('receipt-0'));
  }
  expect(seconds).toEqual([1, 4, 9].map((attempts) => retrySeconds(attempts, 0.5)));
});

test('Ocrolus says for how long', async () => {
  const harness = await failing('book-status', new Failure('retry', 'http-429', { retryAfterSeconds: 77 }));
  await receive(harness, [message]);
  expect(harness.visibility.get('receipt-0')).toBe(77);
});

describe('a message that has only been throttled', () => {
  const throttled = (code: string) => new Failure('retry', code, { retryAfterSeconds: 10 });

  test.each(
    (['book-status', 'forms'] as const).flatMap((where) =>
      ['rate-limit', 'http-429', 'dynamodb-throttled'].map((code) => [where, code] as const),
    ),
  )('is requeued before its receives are used up (%s, %s)', async (where, code) => {
    const harness = await failing(where, throttled(code));
    expect(await receive(harness, [message], { attempts: REQUEUE_AFTER_RECEIVES })).toEqual([]);
    expect(harness.requeued).toEqual([
      { body: expect.any(String), group: 'a', delaySeconds: expect.any(Number) },
    ]);
    const body = Envelope.parse(JSON.parse(harness.requeued[0]?.body ?? ''));
    expect(body).toEqual({ ...message, repeated: true });
    expect(harness.requeued[0]?.delaySeconds).toBeGreaterThan(600);
    expect(harness.requeued[0]?.delaySeconds).toBeLessThanOrEqual(900);
    expect(harness.visibility.size).toBe(0);
    // It is not finished: no outcome says so.
    expect((await harness.reader.events('a')).filter(({ outcome }) => outcome !== 'retrying')).toEqual([]);
  });

  test('is retried as others are until then', async () => {
    const harness = await failing('book-status', throttled('rate-limit'));
    expect(await receive(harness, [message], { attempts: REQUEUE_AFTER_RECEIVES - 1 })).toHaveLength(1);
    expect(harness.requeued).toEqual([]);
  });

  test('is retried as others are when it cannot be sent', async () => {
    const { ocrolus } = await failing('book-status', throttled('rate-limit'));
    const queue = { send: () => Promise.reject(new Error('SQS is down')) };
    const harness = createHarness(await createTable(), { ocrolus, queue });
    expect(await receive(harness, [message], { attempts: 12 })).toHaveLength(1);
    expect(harness.visibility.size).toBe(1);
  });

  test('or one that lost to other writers of its book each time, is requeued', () => {
    expect(shouldRequeue(new Failure('retry', 'conflict'), REQUEUE_AFTER_RECEIVES)).toBe(true);
    expect(shouldRequeue(new Failure('retry', 'conflict'), REQUEUE_AFTER_RECEIVES - 1)).toBe(false);
  });

  test.each(['http-503', 'network', 'rate-limit-store', 'TypeError'])(
    'is not one that failed with %s',
    (code) => {
      expect(shouldRequeue(new Failure('retry', code), RECEIVES)).toBe(false);
    },
  );

  test('is finished under the delivery id that it had, with the codes of all receives', async () => {
    const harness = await failing('book-status', throttled('http-429'));
    await receive(harness, [message]);
    await receive(harness, [message], { attempts: REQUEUE_AFTER_RECEIVES });
    const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'a' }), bookStatus('a', 'VERIFYING', docs));
    // SQS counts the receives of the new message from 1.
    expect(await receive(harness, [message])).toEqual([]);
    expect(await harness.reader.events('a')).toMatchObject([
      { deliveryId: message.deliveryId, outcome: 'applied', codes: ['http-429'] },
    ]);
  });

  test('leaves one entry in the ledger when its book was not known at first', async () => {
    const harness = await failing('book-status', throttled('http-429'));
    const nameless = delivery('document.detect.signal_found', { uploadedDocUuid: 'd' });
    harness.ocrolus.says(calls.documentSignals('d'), throttled('http-429'));
    await receive(harness, [nameless]);
    await receive(harness, [nameless], { attempts: REQUEUE_AFTER_RECEIVES });
    expect(harness.requeued).toHaveLength(1);
    harness.ocrolus.says(calls.documentSignals('d'), {
      body: { book_uuid: 'a', doc_analysis: [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED' }] },
    });
    const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'a' }), bookStatus('a', 'VERIFYING', docs));
    expect(await receive(harness, [harness.requeued[0]?.body ?? ''])).toEqual([]);
    expect(await harness.reader.events('a')).toEqual([]);
    expect(await harness.reader.events('account')).toMatchObject([{ outcome: 'applied', bookUuid: 'a' }]);
  });
});

describe('an outage of Ocrolus', () => {
  test.each(['http-500', 'http-503', 'network', 'deadline', 'http-502-unreadable', 'token'])(
    '%s is left to the poller after half of the receives',
    async (code) => {
      const harness = await failing('forms', new Failure('retry', code));
      const attempts = REQUEUE_AFTER_RECEIVES;
      expect(await receive(harness, [message], { attempts: attempts - 1 })).toHaveLength(1);
      expect(await receive(harness, [message], { attempts })).toEqual([]);
      expect(harness.requeued).toEqual([]);
      expect(await harness.reader.events('a')).toMatchObject([
        { outcome: 'waiting', reason: code, codes: [code], attempts },
      ]);
      expect(await harness.reader.missing('a')).toMatchObject([
        { kind: 'forms', subject: 'd', state: 'wanted', code, nextAt: expect.any(String) },
      ]);
      expect(await harness.reader.book('a')).toMatchObject({ dueAt: expect.any(String) });
    },
  );

  test.each(['http-500', 'http-503', 'network', 'book-status-shape'])(
    '%s is left to the poller when Book status itself does not answer, too',
    async (code) => {
      const harness = await failing('book-status', new Failure('retry', code));
      expect(await receive(harness, [message], { attempts: REQUEUE_AFTER_RECEIVES })).toEqual([]);
      expect(await harness.reader.events('a')).toMatchObject([{ outcome: 'waiting', reason: code }]);
      expect(await harness.reader.book('a')).toMatchObject({ dueAt: expect.any(String) });
    },
  );

  test('of the signals of a document whose book is not known is left to the poller, too', async () => {
    const harness = createHarness(await createTable());
    harness.ocrolus.says(calls.documentSignals('d'), new Failure('retry', 'http-503'));
    const nameless = delivery('document.detect.signal_found', { uploadedDocUuid: 'd' });
    expect(await receive(harness, [nameless], { attempts: REQUEUE_AFTER_RECEIVES })).toEqual([]);
    expect(await harness.reader.events('account')).toMatchObject([
      { outcome: 'waiting', reason: 'http-503' },
    ]);
  });

  test.each(['dynamodb-throttled', 'rate-limit', 'http-429', 'conflict', 'ResourceNotFoundException'])(
    'is not what %s says',
    (code) => {
      expect(shouldHandOver(new Failure('retry', code), RECEIVES)).toBe(false);
    },
  );

  test('is not a bug in this code', () => {
    expect(shouldHandOver(new Failure('broken', 'network'), RECEIVES)).toBe(false);
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readBook } from '../../../shared/store/books.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error } from '../testing/answers.ts';
import { receiveEverything, saysComplete } from '../testing/complete-book.ts';
import { createHarness, type Harness, look, receive } from '../testing/harness.ts';
import type { ScriptedReply } from '../testing/ocrolus.ts';
import { entryOf } from '../testing/stored.ts';

const createTable = useTables();
let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await createTable());
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
});

const flags = calls.suspiciousActivityFlags('b');
const deliver = () =>
  receive(
    harness,
    [delivery('SUSPICIOUS_ACTIVITY', { bookUuid: 'b' }, { receivedAt: harness.clock.iso() })],
    {
      attempts: 3,
    },
  );
const entry = () => entryOf(harness.table, 'b', 'suspicious-activity');
/** An operator has it looked at now. */
const polled = () => receive(harness, [look('b', { urgent: true })]);
const FORBIDDEN: ScriptedReply = { httpStatus: 403, body: { message: 'Forbidden' } };

describe('what Ocrolus refuses', () => {
  test.each<[string, ScriptedReply, string]>([
    ['by a proxy', FORBIDDEN, 'http-403'],
    ['by a proxy that does not find it', { httpStatus: 404, body: {} }, 'http-404'],
    ['with an undocumented code', error(400, 9999), '9999'],
    ['as not part of the contract', error(403, 9005), '9005'],
    ['as not applicable', error(400, 9021), '9021'],
    ['as unknown book', error(404, 1401), '1401'],
    ['for lack of permission', error(403, 2102), '2102'],
    ['for lack of permission for a document', error(400, 2104), '2104'],
    ['as unknown document', error(400, 1501), '1501'],
    ['as unknown object', error(400, 2301), '2301'],
    ['with an error inside a 200', { body: { status: 403, code: 1203 } }, '1203'],
  ])('%s is asked for again: it may be wrong', async (_, reply, code) => {
    harness.ocrolus.says(flags, reply);
    expect(await deliver()).toEqual([]);
    expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: code }]);
    expect(await harness.reader.missing('b')).toMatchObject([
      { kind: 'suspicious-activity', state: 'pending', code, attempts: 1, nextAt: expect.any(String) },
    ]);
    expect(await harness.reader.book('b')).toMatchObject({ dueAt: expect.any(String) });
  });

  test('is asked for with backoff from five minutes on, counted from the first refusal', async () => {
    harness.ocrolus.says(flags, FORBIDDEN);
    await deliver();
    const first = await entry();
    const waits: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      const { nextAt = '' } = (await entry()) ?? {};
      waits.push(Math.round((Date.parse(nextAt) - harness.clock.now()) / 60_000));
      harness.clock.advance((Date.parse(nextAt) - harness.clock.now()) / 1000);
      await polled();
    }
    expect(waits).toEqual([5, 5, 10, 20, 40, 80, 160, 320, 360]);
    expect(await entry()).toMatchObject({ tries: 10, since: first?.since });
  });

  test('is asked for monthly after the horizon, and until an event names it no more after a year', async () => {
    harness.ocrolus.says(flags, FORBIDDEN);
    await deliver();
    harness.clock.advance(31 * 86_400);
    await polled();
    const { nextAt = '' } = (await entry()) ?? {};
    expect(Date.parse(nextAt) - harness.clock.now()).toBeCloseTo(30 * 86_400_000, -4);
    harness.clock.advance(366 * 86_400);
    await polled();
    expect(await harness.reader.missing('b')).toMatchObject([{ state: 'expired', nextAt: null }]);

    harness.ocrolus.says(flags, { body: { response: { suspicious_activity_results: [] } } });
    await deliver();
    expect(await entry()).toMatchObject({ state: 'stored' });
  });

  test('because of a wrong request is requested again, with an alarm', async () => {
    harness.ocrolus.says(flags, error(400, 1103));
    expect(await deliver()).toEqual([]);
    expect(await entry()).toMatchObject({ answered: 0, code: '1103' });
    expect(harness.counted).toContainEqual({
      name: 'RequestRejected',
      dimensions: { operation: 'suspicious-activity-flags' },
    });
    expect(harness.lines.some((line) => line.includes('"level":"ERROR"') && line.includes('1103'))).toBe(
      true,
    );
  });

  test.each(['9002', '9003', '9006'])(
    'with %s is not requested again until an event names it',
    async (code) => {
      harness.ocrolus.says(flags, error(400, Number(code)));
      expect(await deliver()).toEqual([]);
      expect(await entry()).toMatchObject({ state: 'unavailable', code });
      expect(await harness.reader.missing('b')).toEqual([]);
      expect(await harness.reader.events('b')).toMatchObject([{ reason: code }]);
      await polled();
      expect(harness.ocrolus.count('suspicious-activity-flags')).toBe(1);

      harness.clock.advance(60);
      harness.ocrolus.says(flags, { body: { response: { suspicious_activity_results: [] } } });
      await deliver();
      expect(await entry()).toMatchObject({ state: 'stored' });
    },
  );
});

describe('a book that Ocrolus refuses to show', () => {
  const status = calls.bookStatus({ bookUuid: 'b' });
  const message = delivery('BOOK_VERIFIED', { bookUuid: 'b' });

  test('has two quick retries, and is then left to the poller', async () => {
    harness.ocrolus.says(status, error(404, 1401));
    harness.ocrolus.says(calls.bookPayStubs('b'), error(404, 1401));
    const failed = [];
    for (const attempts of [1, 2, 3]) failed.push(await receive(harness, [message], { attempts }));
    expect(failed).toEqual([['message-0'], ['message-0'], []]);
    expect(await harness.reader.events('b')).toMatchObject([
      { outcome: 'waiting', reason: '1401', attempts: 3 },
    ]);
    const book = await readBook(harness.table, 'b');
    expect(book).toMatchObject({ dueAt: expect.any(String) });
    expect(book).not.toHaveProperty('status');
    // The poller alone counts, whose tries are spread over time.
    expect(book).not.toHaveProperty('refused');
  });

  test('keeps what its events have named', async () => {
    harness.ocrolus.says(status, FORBIDDEN);
    const events = [
      delivery('book.income.generated', { bookUuid: 'b' }),
      delivery('MIDDESK_VERIFIED', { bookUuid: 'b', businessUuid: 'biz' }),
      delivery('ANALYTICS_COMPLETED', { bookUuid: 'b', analyticsRequestId: 'r' }),
    ];
    harness.ocrolus.says(calls.incomeCalculations('b'), FORBIDDEN);
    harness.ocrolus.says(calls.incomeSummary('b'), FORBIDDEN);
    harness.ocrolus.says(calls.business('b', 'biz'), FORBIDDEN);
    harness.ocrolus.says(calls.asyncAnalyticsResult('r'), FORBIDDEN);
    for (const event of events) await receive(harness, [event], { attempts: 3 });
    expect(
      (await harness.reader.missing('b')).map(({ kind, subject }) => `${kind} ${subject}`).sort(),
    ).toEqual(['analytics r', 'business biz', 'income b']);
    // Its class may forbid some of it, but is not known.
    expect(await harness.reader.book('b')).not.toHaveProperty('complete');
  });

  test('keeps the checklist that it had, and is not complete with something open', async () => {
    saysComplete(harness.ocrolus);
    await receiveEverything(harness);
    expect(await harness.reader.book('b')).toMatchObject({ complete: true });
    harness.clock.advance(3600);
    harness.ocrolus.says(status, FORBIDDEN);
    const receivedAt = harness.clock.iso();
    const classified = delivery('book.classified', { bookUuid: 'b' }, { receivedAt });
    await receive(harness, [classified], { attempts: 3 });
    const book = await readBook(harness.table, 'b');
    expect(book?.entries.summary).toMatchObject({ state: 'stored' });
    expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'classification', state: 'pending' }]);
    expect(book).toMatchObject({ status: 'VERIFIED', complete: false });
  });

  test('has its status again with the next answer', async () => {
    harness.ocrolus.says(status, FORBIDDEN, bookStatus('b', 'VERIFYING'));
    await receive(harness, [message]);
    await receive(harness, [message], { attempts: 3 });
    const book = await readBook(harness.table, 'b');
    expect(book).toMatchObject({ status: 'VERIFYING' });
    expect(book).not.toHaveProperty('refused');
  });
});

test('an event that came through a removed account is processed with another account', async () => {
  saysComplete(harness.ocrolus);
  const message = delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { account: 'gone' });
  expect(await receive(harness, [message])).toEqual([]);
  expect(await harness.reader.events('b')).toMatchObject([{ account: 'gone', outcome: 'applied' }]);
  expect(await harness.reader.book('b')).toMatchObject({ account: 'default', status: 'VERIFIED' });
});

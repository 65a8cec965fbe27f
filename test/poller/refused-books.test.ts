import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { bookStatus, error } from '../consumers/testing/answers.ts';
import { saysComplete } from '../consumers/testing/complete-book.ts';
import { receive } from '../consumers/testing/harness.ts';
import { type ScriptedReply, scriptedOcrolus } from '../consumers/testing/ocrolus.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createClock } from '../store/testing/clock.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { makeBook } from './testing/books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

let harness: PollerHarness;
beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
});

const NOT_FOUND = error(404, 1401);
const FORBIDDEN: ScriptedReply = { httpStatus: 403, body: { message: 'Forbidden' } };
const says = (...replies: ScriptedReply[]) =>
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), ...replies);
const book = (bookUuid = 'b') => readBook(harness.table, bookUuid);
/** Minutes until the next poll. */
const untilNext = async () =>
  Math.round((Date.parse((await book())?.dueAt ?? '') - harness.clock.now()) / 60_000);
const pollNext = async () => {
  harness.clock.advance(((await untilNext()) + 1) * 60);
  return harness.pollDue();
};

test('a book that Ocrolus refuses to show is asked for with backoff, from 5 minutes to 6 hours', async () => {
  await makeBook(harness.table, 'b');
  says(FORBIDDEN);
  expect(await harness.pollDue()).toEqual({ outcome: 'refused' });
  const waits = [await untilNext()];
  for (let n = 0; n < 8; n += 1) {
    await pollNext();
    waits.push(await untilNext());
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360]);
  expect(harness.sent).toEqual([]);
});

test('it keeps its checklist, and continues there with the first answer', async () => {
  await makeBook(harness.table, 'b');
  saysComplete(harness.ocrolus);
  await harness.pollDue();
  harness.clock.advance(601);
  await harness.pollDue();
  await harness.process();
  const before = (await book())?.entries;
  says(FORBIDDEN);
  await pollNext();
  expect(await book()).toMatchObject({ status: 'VERIFIED', refused: { code: 'http-403', count: 1 } });
  expect((await book())?.entries).toEqual(before);

  saysComplete(harness.ocrolus);
  await pollNext();
  expect(await book()).not.toHaveProperty('refused');
  expect(await book()).toMatchObject({ status: 'VERIFIED', complete: true });
});

describe('a book that Ocrolus does not find', () => {
  test('for minutes has no effect: it may be too new', async () => {
    await makeBook(harness.table, 'b');
    says(NOT_FOUND);
    await harness.pollDue();
    for (let n = 0; n < 4; n += 1) await pollNext();
    expect((await book())?.refused?.count).toBe(5);
    expect(await book()).not.toHaveProperty('status');
  });

  test('for hours is NOT_FOUND, neither complete nor incomplete, and asked for monthly for a year', async () => {
    await makeBook(harness.table, 'b');
    says(NOT_FOUND);
    await harness.pollDue();
    for (let n = 0; n < 7; n += 1) await pollNext();
    expect(await book()).toMatchObject({ status: 'NOT_FOUND' });
    for (const attribute of ['complete', 'completeAt', 'open']) {
      expect(await book()).not.toHaveProperty(attribute);
    }
    expect(await untilNext()).toBe(30 * 24 * 60);
    const asked = harness.ocrolus.count('book-status');
    while ((await book())?.dueAt !== undefined) await pollNext();
    expect(harness.ocrolus.count('book-status') - asked).toBeGreaterThanOrEqual(11);
    expect(harness.ocrolus.count('book-status') - asked).toBeLessThanOrEqual(14);
  });

  test('has its status again after any later success', async () => {
    await makeBook(harness.table, 'b');
    says(NOT_FOUND);
    await harness.pollDue();
    for (let n = 0; n < 7; n += 1) await pollNext();
    says(bookStatus('b', 'VERIFYING'));
    await pollNext();
    expect(await book()).toMatchObject({ status: 'VERIFYING', complete: false });
    expect(await book()).not.toHaveProperty('refused');
  });

  test('has its status again when an event of it succeeds', async () => {
    await makeBook(harness.table, 'b');
    says(NOT_FOUND);
    await harness.pollDue();
    for (let n = 0; n < 7; n += 1) await pollNext();
    says(bookStatus('b', 'VERIFYING'));
    await receive(harness.consumers, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
    expect(await book()).toMatchObject({ status: 'VERIFYING' });
    expect(await untilNext()).toBeLessThanOrEqual(10);
  });
});

test.each([
  ['with a code that says something else', error(403, 2102)],
  ['by a proxy', FORBIDDEN],
])('a book that is refused %s is never NOT_FOUND', async (_, reply) => {
  await makeBook(harness.table, 'b');
  says(reply);
  await harness.pollDue();
  for (let n = 0; n < 30; n += 1) await pollNext();
  expect(await book()).not.toHaveProperty('status');
});

test('while many books of an account are not found nothing is concluded about any of them', async () => {
  const books = Array.from({ length: 25 }, (_, n) => `b${n}`);
  for (const bookUuid of books) {
    await makeBook(harness.table, bookUuid);
    harness.ocrolus.says(calls.bookStatus({ bookUuid }), NOT_FOUND);
  }
  await harness.live(1);
  const statuses = await Promise.all(books.map(async (bookUuid) => (await book(bookUuid))?.status));
  expect(new Set(statuses)).toEqual(new Set([undefined]));
  for (const bookUuid of books) expect((await book(bookUuid))?.dueAt).toBeDefined();
});

test('while Book status is refused for many books the others of the account are not asked for', async () => {
  for (let n = 0; n < 60; n += 1) {
    await makeBook(harness.table, `b${n}`, n);
    harness.ocrolus.says(calls.bookStatus({ bookUuid: `b${n}` }), FORBIDDEN);
  }
  const report = await harness.run();
  expect(report).toMatchObject({ refused: 60, failed: 0 });
  // Some polls are under way when the twentieth is refused.
  expect(harness.ocrolus.count('book-status')).toBeLessThan(25);
  for (let n = 0; n < 60; n += 1) expect((await book(`b${n}`))?.dueAt).toBeDefined();

  // One of them finds out that it works again, and then all are polled.
  for (let n = 0; n < 60; n += 1) {
    harness.ocrolus.says(calls.bookStatus({ bookUuid: `b${n}` }), bookStatus(`b${n}`, 'VERIFYING'));
  }
  await harness.live(1);
  for (let n = 0; n < 60; n += 1) expect(await book(`b${n}`)).toMatchObject({ status: 'VERIFYING' });
});

describe('several accounts', () => {
  /** `theirs` is shown to the account `lending` only. */
  async function twoAccounts(): Promise<PollerHarness> {
    const clock = createClock();
    const ocrolus = scriptedOcrolus(clock, ['default', 'lending']);
    const other = scriptedOcrolus(clock, ['default', 'lending']);
    other.says(calls.bookStatus({ bookUuid: 'theirs' }), bookStatus('theirs', 'VERIFYING'));
    other.says(calls.bookStatus({ bookUuid: 'own' }), error(404, 1401));
    ocrolus.says(calls.bookStatus({ bookUuid: 'theirs' }), error(404, 1401));
    ocrolus.says(calls.bookStatus({ bookUuid: 'own' }), bookStatus('own', 'VERIFYING'));
    const accounts = {
      names: ['default', 'lending'],
      client: (account: string) => (account === 'lending' ? other.client : ocrolus.client),
    };
    const settings = { ACCOUNTS: '{"default":{"credentials":"a"},"lending":{"credentials":"b"}}' };
    return createPollerHarness(await memoryTable(), settings, { clock, ocrolus, accounts });
  }

  test('a book that an event named through the wrong account is found through the other', async () => {
    harness = await twoAccounts();
    await makeBook(harness.table, 'theirs');
    await harness.pollDue();
    expect(await book('theirs')).toMatchObject({ account: 'lending', refused: { count: 1 } });
    harness.clock.advance(330);
    await harness.pollDue();
    expect(await book('theirs')).toMatchObject({ account: 'lending', status: 'VERIFYING' });
  });

  test('a book that was shown to one account stays its own, whatever it is refused', async () => {
    harness = await twoAccounts();
    await makeBook(harness.table, 'own');
    await harness.pollDue();
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'own' }), FORBIDDEN);
    for (let n = 0; n < 3; n += 1) {
      harness.clock.advance(21_600);
      await harness.pollDue();
    }
    expect(await book('own')).toMatchObject({ account: 'default', status: 'VERIFYING' });
  });

  test('a broken account does not stop the others', async () => {
    harness = await twoAccounts();
    for (let n = 0; n < 30; n += 1) {
      await makeBook(harness.table, `x${n}`, n);
      harness.ocrolus.says(calls.bookStatus({ bookUuid: `x${n}` }), new Failure('retry', 'network'));
    }
    await makeBook(harness.table, 'theirs', 60, 'lending');
    expect(await harness.run()).toMatchObject({ polled: 1 });
    expect(await book('theirs')).toMatchObject({ status: 'VERIFYING' });
    expect(harness.ocrolus.count('book-status')).toBeLessThan(10);
  });

  test('a book of a removed account is requested through the other accounts', async () => {
    harness = await twoAccounts();
    await makeBook(harness.table, 'own', 0, 'gone');
    await harness.pollDue();
    expect(await book('own')).toMatchObject({ account: 'default', status: 'VERIFYING' });
  });
});

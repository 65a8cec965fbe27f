import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { bookStatus, error, finished } from '../consumers/testing/answers.ts';
import { type ScriptedReply, scriptedOcrolus } from '../consumers/testing/ocrolus.ts';
import { makeBook, numbered } from '../poller/testing/books.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { createClock } from '../store/testing/clock.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { FORBIDDEN, saysEverything } from './testing/answers.ts';
import { deliver } from './testing/harness.ts';
import { lookedBook } from './testing/looked-book.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
});

const { book, lookNow, lookNext, lookFor, untilNext } = lookedBook(() => harness);

const NOT_FOUND = error(404, 1401);
const DOWN = new Failure('retry', 'network');
const says = (reply: ScriptedReply, bookUuid = 'b') =>
  harness.ocrolus.says(calls.bookStatus({ bookUuid }), reply);

/** Minutes between the next looks. */
async function pauses(count: number): Promise<number[]> {
  const minutes: number[] = [];
  for (let n = 0; n < count; n += 1) {
    minutes.push(Math.round((await untilNext()) / 60));
    await lookNext();
  }
  return minutes;
}

describe('a book that Ocrolus does not show', () => {
  test.each([
    ['because it refuses it', FORBIDDEN, [5, 5, 5, 8, 11, 17, 25, 38, 57, 85, 128, 192, 288, 360, 360]],
    ['because of a failure', DOWN, [5, 5, 5, 8, 11, 17, 25, 38, 57, 60, 60]],
  ])('%s is looked at after half of the time that this lasts', async (_, reply, expected) => {
    await makeBook(harness.table, 'b');
    says(reply);
    expect(await lookNow()).toEqual(['book-status']);
    expect(await pauses(expected.length)).toEqual(expected);
  });

  test('keeps its checklist, and continues there with the first answer', async () => {
    await makeBook(harness.table, 'b');
    saysEverything(harness.ocrolus);
    harness.ocrolus.says(calls.bookSummary('b'), error(425, 9004));
    await lookNow();
    await lookNext();
    const { entries } = (await book()) ?? {};
    says(FORBIDDEN);
    expect(await lookNext()).toEqual(['book-status']);
    expect(await book()).toMatchObject({
      status: 'VERIFIED',
      refused: { code: 'http-403', count: 1 },
      entries,
    });

    saysEverything(harness.ocrolus);
    await lookNext();
    expect(await book()).not.toHaveProperty('refused');
    expect(await book()).toMatchObject({ status: 'VERIFIED', complete: true });
  });
});

describe('a book that Ocrolus does not find', () => {
  beforeEach(async () => {
    await makeBook(harness.table, 'b');
    says(NOT_FOUND);
    await lookNow();
  });

  test('for some hours has no effect: it may be too new', async () => {
    await lookFor(0.2);
    expect((await book())?.refused?.count).toBeGreaterThan(5);
    expect(await book()).not.toHaveProperty('status');
  });

  test('for longer is NOT_FOUND, neither complete nor incomplete, and looked at daily, later monthly for a year', async () => {
    await lookFor(1);
    expect(await book()).toMatchObject({ status: 'NOT_FOUND' });
    for (const attribute of ['complete', 'completeAt', 'open'])
      expect(await book()).not.toHaveProperty(attribute);
    const asked = () => harness.ocrolus.count('book-status');
    await lookFor(4);
    const before = asked();
    await lookFor(20);
    expect(asked() - before).toBeGreaterThanOrEqual(19);
    expect(asked() - before).toBeLessThanOrEqual(21);
    await lookFor(10);
    const monthly = asked();
    await lookFor(400);
    expect(asked() - monthly).toBeLessThanOrEqual(13);
    expect(await book()).not.toHaveProperty('dueAt');
  });

  test.each(['a look', 'an event'])('has its status again when %s succeeds', async (what) => {
    await lookFor(1);
    says(bookStatus('b', 'VERIFYING'));
    if (what === 'a look') await lookNext();
    else await deliver(harness, 'document.upload_succeeded');
    expect(await book()).toMatchObject({ status: 'VERIFYING', complete: false });
    expect(await book()).not.toHaveProperty('refused');
    expect(await untilNext()).toBeLessThanOrEqual(600);
  });
});

test.each([
  ['with a code that says something else', error(403, 2102)],
  ['by a proxy', { httpStatus: 404, body: {} }],
])('a book that is refused %s is never NOT_FOUND', async (_, reply) => {
  await makeBook(harness.table, 'b');
  says(reply);
  await lookNow();
  await lookFor(40);
  expect(await book()).not.toHaveProperty('status');
});

describe('an outage of Book status', () => {
  const outages: [what: string, books: number, reply: ScriptedReply][] = [1, 10, 40].flatMap((books) => [
    ['denies', books, NOT_FOUND],
    ['refuses to show', books, FORBIDDEN],
    ['fails to show', books, DOWN],
  ]);
  test.each(outages)(
    'a book that Ocrolus %s for ten hours is asked again within hours (%i books)',
    async (_, count, reply) => {
      const books = numbered(count);
      for (const bookUuid of books) {
        saysEverything(harness.ocrolus, bookUuid, [`d-${bookUuid}`]);
        says(bookStatus(bookUuid, 'VERIFYING', [{ uuid: `d-${bookUuid}`, status: 'VERIFYING' }]), bookUuid);
        await makeBook(harness.table, bookUuid);
      }
      await harness.liveHours(2);
      for (const bookUuid of books) says(reply, bookUuid);
      await harness.liveHours(10);
      for (const bookUuid of books) saysEverything(harness.ocrolus, bookUuid, [`d-${bookUuid}`]);
      // Six hours to notice, and the grace time for its events.
      await harness.liveHours(8);
      for (const bookUuid of books) expect(await book(bookUuid)).toMatchObject({ complete: true });
    },
  );

  test('costs one call now and then, however many books there are', async () => {
    for (const bookUuid of numbered(60)) {
      await makeBook(harness.table, bookUuid);
      says(FORBIDDEN, bookUuid);
    }
    await lookNow();
    expect(harness.ocrolus.count('book-status')).toBe(20);
    await harness.live(1);
    expect(harness.ocrolus.count('book-status')).toBeLessThanOrEqual(20 + 24);
    for (const bookUuid of numbered(60)) {
      expect((await book(bookUuid))?.dueAt).toBeDefined();
      says(bookStatus(bookUuid, 'VERIFYING'), bookUuid);
    }
    await harness.liveHours(7);
    for (const bookUuid of numbered(60)) expect(await book(bookUuid)).toMatchObject({ status: 'VERIFYING' });
  });

  test('that finds none of many books says nothing about any of them', async () => {
    for (const bookUuid of numbered(25)) {
      await makeBook(harness.table, bookUuid);
      says(NOT_FOUND, bookUuid);
    }
    await harness.live(1);
    for (const bookUuid of numbered(25)) expect(await book(bookUuid)).not.toHaveProperty('status');
  });
});

describe('several accounts', () => {
  /** Sets the answer for each account. */
  let shows: Record<'default' | 'lending', (bookUuid: string, reply: ScriptedReply) => void>;
  beforeEach(async () => {
    const clock = createClock();
    const names = ['default', 'lending'];
    const ocrolus = scriptedOcrolus(clock, names);
    const other = scriptedOcrolus(clock, names);
    const accounts = {
      names,
      client: (account: string) => (account === 'lending' ? other.client : ocrolus.client),
    };
    const settings = { ACCOUNTS: '{"default":{"credentials":"a"},"lending":{"credentials":"b"}}' };
    harness = createPollerHarness(await memoryTable(), settings, { clock, ocrolus, accounts });
    shows = {
      default: (bookUuid, reply) => ocrolus.says(calls.bookStatus({ bookUuid }), reply),
      lending: (bookUuid, reply) => other.says(calls.bookStatus({ bookUuid }), reply),
    };
  });

  test('a book that an event named through the wrong account is found through the other', async () => {
    shows.default('b', NOT_FOUND);
    shows.lending('b', bookStatus('b', 'VERIFYING'));
    await makeBook(harness.table, 'b');
    await lookNow();
    expect(await book()).toMatchObject({ account: 'lending', refused: { count: 1 } });
    await lookNext();
    expect(await book()).toMatchObject({ account: 'lending', status: 'VERIFYING' });
  });

  test('a book that was shown to one account stays its own, whatever it is refused', async () => {
    shows.default('b', bookStatus('b', 'VERIFYING'));
    await makeBook(harness.table, 'b');
    await lookNow();
    shows.default('b', FORBIDDEN);
    await lookFor(1);
    expect(await book()).toMatchObject({ account: 'default', status: 'VERIFYING' });
  });

  test('a broken account does not stop the others', async () => {
    for (const bookUuid of numbered(30)) {
      shows.default(bookUuid, DOWN);
      await makeBook(harness.table, bookUuid);
    }
    shows.lending('theirs', bookStatus('theirs', 'VERIFYING', [finished('d')]));
    await makeBook(harness.table, 'theirs', 60, 'lending');
    await lookNow();
    expect(await book('theirs')).toMatchObject({ status: 'VERIFYING' });
  });

  test('a book of a removed account is asked for through the others', async () => {
    shows.default('b', NOT_FOUND);
    shows.lending('b', bookStatus('b', 'VERIFYING'));
    await makeBook(harness.table, 'b', 0, 'gone');
    await lookNow();
    await lookNext();
    expect(await book()).toMatchObject({ account: 'lending', status: 'VERIFYING' });
  });
});

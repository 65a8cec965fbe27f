import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import {
  bookStatus,
  document,
  error,
  saysAnalytics,
  saysEverything,
} from '../../functions/consumers/testing/answers.ts';
import { type ScriptedOcrolus, scriptedOcrolus } from '../../functions/consumers/testing/ocrolus.ts';
import { delivery } from '../events/testing/delivery.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

const STATUS = calls.bookStatus({ bookUuid: 'b' });
const BY_PK = calls.bookStatus({ bookPk: '7' });
/** Answer about a book of another organization. */
const FOREIGN = error(403, 2102);

/** Ocrolus as each account sees it. */
let one: ScriptedOcrolus;
let two: ScriptedOcrolus;
let three: ScriptedOcrolus;
beforeEach(() => {
  one = scriptedOcrolus(book.clock);
  two = scriptedOcrolus(book.clock);
  three = scriptedOcrolus(book.clock);
});

describe('an active book of an account that was removed is found', () => {
  beforeEach(async () => {
    book.says('VERIFYING', [document('d', 'VERIFYING')]);
    await book.liveAfter('document.upload_succeeded', { hours: 2 });
  });

  test.each([
    ['through the account it belongs to now', FOREIGN, []],
    ['by an event through that account', error(404, 1401), ['BOOK_VERIFIED']],
  ])('%s', async (_, reply, events) => {
    one.says(STATUS, reply);
    two.says(STATUS, reply);
    saysEverything(three);
    book.redeploy({ accounts: { one, two, three } });
    await book.live(2);
    for (const name of events) await book.receive([book.event(name, {}, { account: 'three' })]);
    await book.live(3);
    expect(await book.stored()).toContain('forms d');
  });
});

test('an event of a known book that came through a removed account is not lost', async () => {
  await book.complete(20);
  // `default` is renamed to `one` while this event is in the queue.
  const event = book.event('book.income.generated');
  saysEverything(one);
  one.says(calls.incomeCalculations('b'), { body: { incomes: [1] } });
  one.says(calls.incomeSummary('b'), { body: {} });
  book.redeploy({ accounts: { one } });
  expect(await book.receive([event])).toEqual([]);
  await book.live(20);
  expect(await book.stored()).toContain('income b');
});

test('an account never writes the book of another account, which is found through its own', async () => {
  book.redeploy({ accounts: { one, two } });
  const event = () => book.event('book.analytics_v2.generated', {}, { account: 'one' });
  one.says(STATUS, FOREIGN);
  await book.receive([event()]);
  expect((await book.shown())?.status).toBeUndefined();
  saysEverything(two);
  await book.live(2);
  expect(await book.shown()).toMatchObject({ account: 'two', status: 'VERIFIED', complete: true });
  // An event of the wrong account about a known book is a hint, answered through the book's own account.
  saysAnalytics(two, 'b', 2);
  await book.receive([event()]);
  expect(await book.shown()).toMatchObject({ account: 'two', complete: true });
  expect(await book.body('summary')).toBe('{"number_of_docs_processed":2}');
});

describe('an event by pk', () => {
  test('is asked about with its own account at each receive, also after an outage', async () => {
    book.redeploy({ accounts: { one, two } });
    one.says(BY_PK, bookStatus('b', 'VERIFYING', [], { pk: 7 }));
    two.says(BY_PK, FOREIGN);
    const event = delivery('document.upload_succeeded', { bookPk: '7' }, { account: 'one' });
    expect(await book.receive([event], { attempts: 8 })).toEqual([]);
    expect(await book.shown()).toMatchObject({ status: 'VERIFYING', account: 'one' });
  });

  test('that came through the wrong account is asked about with the one that shows its book', async () => {
    book.redeploy({ accounts: { one, two } });
    one.says(BY_PK, FOREIGN);
    saysEverything(two);
    two.says(BY_PK, bookStatus('b', 'VERIFIED', [document('d')], { pk: 7 }));
    two.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
    two.says(calls.incomeSummary('b'), { body: {} });
    const event = delivery('book.income.generated', { bookPk: '7' }, { account: 'one' });
    expect(await book.receive([event])).toHaveLength(1);
    expect(await book.receive([event], { attempts: 2 })).toEqual([]);
    expect(await book.shown()).toMatchObject({ account: 'two' });
    expect(await book.stored()).toContain('income b');
  });
});

test('a new book is found within the hour through the account that has it, while another one is refused everything', async () => {
  book.redeploy({ accounts: { one, two } });
  const { circuits } = book.consumers.dependencies;
  for (let n = 0; n < 20; n += 1) await circuits.refused('one', 'book-status', 'http-403', `o${n}`);
  saysEverything(two);
  const message = book.event('BOOK_VERIFIED', {}, { account: 'one' });
  await book.receive([message], { attempts: 3 });
  for (let run = 0; run < 12; run += 1) {
    // Other books use the canary of the circuit.
    await circuits.takeCanary('one', 'book-status');
    book.clock.advance(300);
    await circuits.takeCanary('one', 'book-status');
    await book.look();
  }
  expect(await book.stored()).toContain('forms d');
});

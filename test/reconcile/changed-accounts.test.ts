import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { bookStatus, error } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { type ScriptedOcrolus, scriptedOcrolus } from '../consumers/testing/ocrolus.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { type Clock, createClock } from '../store/testing/clock.ts';
import { type MemoryTable, memoryTable } from '../store/testing/memory-table.ts';
import { document, FORBIDDEN, saysAnalytics, saysEverything, saysStatus } from './testing/answers.ts';
import { book, deliver, results } from './testing/harness.ts';

const STATUS = calls.bookStatus({ bookUuid: 'b' });

/** A harness with some accounts, each with its own Ocrolus. */
function harnessOf(
  table: MemoryTable,
  clock: Clock,
  oc: Readonly<Record<string, ScriptedOcrolus>>,
): PollerHarness {
  const names = Object.keys(oc);
  const accounts = {
    names,
    client: (account: string) => {
      const one = oc[account];
      if (one === undefined) throw new Error(`no account ${account}`);
      return one.client;
    },
  };
  return createPollerHarness(
    table,
    { ACCOUNTS: JSON.stringify(Object.fromEntries(names.map((name) => [name, { credentials: name }]))) },
    { clock, accounts, ocrolus: Object.values(oc)[0] as ScriptedOcrolus },
  );
}

/** A table with an active book, which the account `default` has shown. */
async function createActiveBook() {
  const table = await memoryTable();
  const clock = createClock();
  const before = createPollerHarness(table, {}, { clock });
  saysStatus(before.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliver(before, 'document.upload_succeeded');
  await before.liveHours(2);
  return { table, clock };
}

test('an account is split into three: its books are found through the account they belong to now', async () => {
  const { table, clock } = await createActiveBook();
  const one = scriptedOcrolus(clock);
  const two = scriptedOcrolus(clock);
  const three = scriptedOcrolus(clock);
  one.says(STATUS, error(403, 2102));
  two.says(STATUS, error(403, 2102));
  saysEverything(three);
  const after = harnessOf(table, clock, { one, two, three });
  await after.live(5);
  expect(await results(after)).toContain('forms d');
});

test('an event through the right account finds such a book', async () => {
  const { table, clock } = await createActiveBook();
  const one = scriptedOcrolus(clock);
  const two = scriptedOcrolus(clock);
  const three = scriptedOcrolus(clock);
  one.says(STATUS, error(404, 1401));
  two.says(STATUS, error(404, 1401));
  saysEverything(three);
  const after = harnessOf(table, clock, { one, two, three });
  await after.live(2);
  await receive(after.consumers, [
    delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { account: 'three', receivedAt: clock.iso() }),
  ]);
  await after.live(2);
  expect(await results(after)).toContain('forms d');
});

test('an account is renamed while the right one answers 403 for some hours', async () => {
  const { table, clock } = await createActiveBook();
  const one = scriptedOcrolus(clock);
  const two = scriptedOcrolus(clock);
  one.says(STATUS, FORBIDDEN);
  two.says(STATUS, error(403, 2102));
  // `one` is its account; credentials are put in hours after the deployment.
  const after = harnessOf(table, clock, { one, two });
  await after.liveHours(5);
  saysEverything(one);
  await after.live(5);
  expect(await results(after)).toContain('forms d');
});

test('an event of a known book that came through a removed account is not lost', async () => {
  const table = await memoryTable();
  const clock = createClock();
  const before = createPollerHarness(table, {}, { clock });
  saysEverything(before.ocrolus);
  await deliver(before, 'BOOK_VERIFIED');
  await before.live(20);
  expect(await book(before)).toMatchObject({ complete: true });
  // `default` is renamed to `main` while this event is in the queue.
  const event = delivery('book.income.generated', { bookUuid: 'b' }, { receivedAt: clock.iso() });
  const main = scriptedOcrolus(clock);
  saysEverything(main);
  main.says(calls.incomeCalculations('b'), { body: { incomes: [1] } });
  main.says(calls.incomeSummary('b'), { body: {} });
  const after = harnessOf(table, clock, { main });
  expect(await receive(after.consumers, [event])).toEqual([]);
  await after.live(20);
  expect(await results(after)).toContain('income b');
});

test('an account never writes the book of another account, which is found through its own', async () => {
  const clock = createClock();
  const own = scriptedOcrolus(clock);
  const foreign = scriptedOcrolus(clock);
  const harness = harnessOf(await memoryTable(), clock, { a: foreign, b: own });
  foreign.says(calls.bookStatus({ bookUuid: 'bb' }), error(403, 2102));
  const wrong = delivery('book.analytics_v2.generated', { bookUuid: 'bb' }, { account: 'a' });
  await receive(harness.consumers, [wrong]);
  expect((await harness.reader.book('bb'))?.status).toBeUndefined();
  saysEverything(own, 'bb');
  await harness.live(2);
  expect(await harness.reader.book('bb')).toMatchObject({ account: 'b', status: 'VERIFIED', complete: true });
  // An event of the wrong account about a known book is a hint, answered through the book's own account.
  saysAnalytics(own, 'bb', 2);
  const again = delivery(
    'book.analytics_v2.generated',
    { bookUuid: 'bb' },
    { account: 'a', receivedAt: clock.iso() },
  );
  await receive(harness.consumers, [again]);
  expect(await harness.reader.book('bb')).toMatchObject({ account: 'b', complete: true });
  expect(String(await harness.reader.resultBody('bb', 'summary'))).toBe('{"number_of_docs_processed":2}');
});

test('an event by pk is asked about with its own account at each receive, also after an outage', async () => {
  const clock = createClock();
  const one = scriptedOcrolus(clock);
  const two = scriptedOcrolus(clock);
  const harness = harnessOf(await memoryTable(), clock, { one, two });
  one.says(calls.bookStatus({ bookPk: '7' }), bookStatus('b', 'VERIFYING', [], { pk: 7 }));
  two.says(calls.bookStatus({ bookPk: '7' }), error(403, 2102));
  const event = delivery('document.upload_succeeded', { bookPk: '7' }, { account: 'one' });
  expect(await receive(harness.consumers, [event], { attempts: 8 })).toEqual([]);
  expect(await harness.reader.book('b')).toMatchObject({ status: 'VERIFYING', account: 'one' });
});

test('an event by pk that came through the wrong account is asked about with the one that shows its book', async () => {
  const table = await memoryTable();
  const clock = createClock();
  const one = scriptedOcrolus(clock);
  const two = scriptedOcrolus(clock);
  const byPk = calls.bookStatus({ bookPk: '77' });
  one.says(byPk, error(403, 2102));
  saysEverything(two);
  two.says(byPk, bookStatus('b', 'VERIFIED', [document('d')], { pk: 77 }));
  two.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  two.says(calls.incomeSummary('b'), { body: {} });
  const harness = harnessOf(table, clock, { one, two });
  const event = delivery('book.income.generated', { bookPk: '77' }, { account: 'one' });
  expect(await receive(harness.consumers, [event])).toHaveLength(1);
  expect(await receive(harness.consumers, [event], { attempts: 2 })).toEqual([]);
  expect(await book(harness)).toMatchObject({ account: 'two' });
  expect(await results(harness)).toContain('income b');
});

test('a new book is found within the hour through the account that has it, while another one is refused everything', async () => {
  const table = await memoryTable();
  const clock = createClock();
  const [one, two] = [scriptedOcrolus(clock), scriptedOcrolus(clock)];
  const harness = harnessOf(table, clock, { one, two });
  const { circuits } = harness.consumers.dependencies;
  for (let n = 0; n < 20; n += 1) await circuits.refused('one', 'book-status', 'http-403', `o${n}`);
  saysEverything(two);
  const message = delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { account: 'one', receivedAt: clock.iso() });
  await receive(harness.consumers, [message], { attempts: 3 });
  for (let run = 0; run < 12; run += 1) {
    // Other books use the canary of the circuit.
    await circuits.takeCanary('one', 'book-status');
    clock.advance(300);
    await circuits.takeCanary('one', 'book-status');
    await harness.run();
    await harness.process();
  }
  expect(await results(harness)).toContain('forms d');
});

import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { newBook, updateBook } from '../../../shared/store/books.ts';
import { error, signals } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { scriptedOcrolus } from '../../consumers/testing/ocrolus.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { createPollerHarness } from '../../poller/testing/harness.ts';
import { createClock } from '../../store/testing/clock.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { useTables } from '../../store/testing/table.ts';
import { FORBIDDEN, saysEverything } from '../testing/answers.ts';

const createTable = useTables();
const NO_FORMS = { body: { status: 200, response: { forms: [] } } };

test('an unlisted 4xx on any call never ends a result', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  const fetched = [
    calls.documentForms('d'),
    calls.documentTransactions('b', 'd'),
    calls.bookSummary('b'),
    calls.cashFlowFeatures('b'),
    calls.enrichedTransactions('b'),
    calls.bookSignals('b'),
  ];
  const answers = fetched.map((call) => ocrolus.script(call));
  for (const call of fetched) ocrolus.says(call, FORBIDDEN);
  await receive(harness.consumers, [
    delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    delivery('BOOK_VERIFIED', { bookUuid: 'b' }),
    delivery('book.analytics_v2.generated', { bookUuid: 'b' }),
    delivery('book.detect.signal_found', { bookUuid: 'b' }),
  ]);
  expect((await harness.reader.missing('b')).map(({ kind, code }) => `${kind} ${code}`).sort()).toEqual([
    'cash-flow http-403',
    'enriched-transactions http-403',
    'forms http-403',
    'paystubs null',
    'signals http-403',
    'summary http-403',
    'transactions http-403',
  ]);
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(false);
  fetched.forEach((call, index) => {
    ocrolus.says(call, ...(answers[index] ?? []));
  });
  await harness.live(1);
  expect(await harness.reader.missing('b')).toEqual([]);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test.each(['1401', '2102', '2104', '1501', '2301'])(
  'after code %s, the result is requested again',
  async (code) => {
    const harness = createPollerHarness(await memoryTable());
    saysEverything(harness.ocrolus);
    harness.ocrolus.says(calls.documentForms('d'), error(400, Number(code)), NO_FORMS);
    await receive(harness.consumers, [delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' })]);
    const forms = (await harness.reader.missing('b')).filter(({ kind }) => kind === 'forms');
    expect(forms).toMatchObject([{ subject: 'd', state: 'wanted', code }]);
    await harness.live(1);
    expect((await harness.reader.book('b'))?.complete).toBe(true);
  },
);

test.each(['9002', '9003', '9006'])(
  'point 1: code %s ends a result until an event names it',
  async (code) => {
    const harness = createPollerHarness(await memoryTable());
    const { ocrolus } = harness;
    saysEverything(ocrolus);
    for (const call of [
      calls.bookSummary('b'),
      calls.cashFlowFeatures('b'),
      calls.enrichedTransactions('b'),
    ]) {
      ocrolus.says(call, error(400, Number(code)));
    }
    await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
    await harness.live(2);
    const book = await harness.reader.book('b');
    expect(book).toMatchObject({ complete: true, analytics: { state: 'unavailable', reason: code } });
    expect(ocrolus.count('Book-summary')).toBe(1);

    ocrolus.says(calls.bookSummary('b'), { body: {} });
    const receivedAt = harness.clock.iso();
    await receive(harness.consumers, [
      delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt }),
    ]);
    expect(ocrolus.count('Book-summary')).toBe(2);
    expect((await harness.reader.book('b'))?.analytics?.state).toBe('available');
  },
);

test('a failed job ends a result', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  ocrolus.says(calls.bookSummary('b'), error(422, 1100));
  ocrolus.says(calls.bookSummary('b', true), { httpStatus: 202, body: { job_id: 'j', status: 'PENDING' } });
  ocrolus.says(calls.analyticsJob('j'), { httpStatus: 422, body: { job_id: 'j', error: 'too large' } });
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await harness.live(2);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
  expect(ocrolus.count('async-job-status')).toBe(1);
});

test('a message that follows up book.completed knows its tasks', async () => {
  const harness = createPollerHarness(await createTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  ocrolus.says(calls.incomeCalculations('b'), error(425, 9004));
  ocrolus.says(calls.incomeSummary('b'), error(425, 9004));
  const payload = { encoding: 'utf8', body: JSON.stringify({ tasks: ['CAPTURE', 'INCOME'] }) } as const;
  await receive(harness.consumers, [delivery('book.completed', { bookUuid: 'b' }, { payload })], {
    attempts: 3,
  });
  expect((await harness.reader.missing('b')).map(({ kind }) => kind)).toContain('income');
  expect(await harness.reader.book('b')).toMatchObject({
    completed: { state: 'completed' },
    complete: false,
  });
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await harness.live(1);
  expect((await harness.reader.results('b')).map(({ subject, kind }) => `${kind} ${subject}`)).toEqual(
    expect.arrayContaining(['income b', 'income b@summary']),
  );
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('after a refused Book status, the checklist is kept and polling backs off', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  ocrolus.says(calls.incomeCalculations('b'), error(425, 9004));
  ocrolus.says(calls.incomeSummary('b'), error(425, 9004));
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await receive(harness.consumers, [delivery('book.income.generated', { bookUuid: 'b' })], { attempts: 3 });
  const status = ocrolus.script(calls.bookStatus({ bookUuid: 'b' }));
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), FORBIDDEN);
  const before = ocrolus.count('book-status');
  await harness.live(3);
  const asked = ocrolus.count('book-status') - before;
  expect(asked).toBeGreaterThan(10);
  expect(asked).toBeLessThan(30);
  expect(await harness.reader.book('b')).toMatchObject({ status: 'VERIFIED', complete: false });
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), ...status);
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('"not found" for hours becomes NOT_FOUND, and any success makes the book active again', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { ocrolus } = harness;
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), error(400, 1401));
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })], { attempts: 3 });
  expect((await harness.reader.book('b'))?.status).toBeUndefined();
  await harness.live(1);
  expect((await harness.reader.book('b'))?.status).toBe('NOT_FOUND');
  const asked = ocrolus.count('book-status');
  await harness.live(40);
  expect(ocrolus.count('book-status') - asked).toBeLessThan(3);
  saysEverything(ocrolus);
  await receive(harness.consumers, [
    delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { receivedAt: harness.clock.iso() }),
  ]);
  await harness.live(1);
  expect(await harness.reader.book('b')).toMatchObject({ status: 'VERIFIED', complete: true });
});

test('one broken account does not stop the others', async () => {
  const clock = createClock();
  const good = scriptedOcrolus(clock, ['default', 'broken']);
  const table = await createTable();
  const broken = { ...good.client, ask: () => Promise.reject(new Error('down')) };
  const accounts = {
    names: ['broken', 'default'],
    client: (account: string) => (account === 'broken' ? broken : good.client),
  };
  const harness = createPollerHarness(table, {}, { clock, ocrolus: good, accounts });
  for (let n = 0; n < 12; n += 1) {
    const writer = { account: 'broken', source: 'webhook', now: clock.now() - 60_000 } as const;
    await updateBook(table, `x${n}`, () => newBook(`x${n}`, { bookUuid: `x${n}` }, writer));
  }
  saysEverything(good);
  const writer = { account: 'default', source: 'webhook', now: clock.now() - 1000 } as const;
  await updateBook(table, 'b', () => newBook('b', { bookUuid: 'b' }, writer));
  await harness.run();
  expect((await harness.reader.book('b'))?.status).toBe('VERIFIED');
});

test('Detect codes without a number are refusals, and the signals are fetched later', async () => {
  const harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
  harness.ocrolus.says(
    calls.bookSignals('b'),
    { httpStatus: 404, body: { message: 'not found' } },
    signals('b', { d: 'COMPLETED' }),
  );
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await harness.live(1);
  expect((await harness.reader.book('b'))?.detect?.state).toBe('available');
});

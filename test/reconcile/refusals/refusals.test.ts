import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error, signals } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { createPollerHarness } from '../../poller/testing/harness.ts';
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
    const event = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' });
    await receive(harness.consumers, [event], { attempts: 3 });
    const forms = (await harness.reader.missing('b')).filter(({ kind }) => kind === 'forms');
    expect(forms).toMatchObject([{ subject: 'd', state: 'pending', code }]);
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

test('what is missing of the tasks of book.completed is asked for later', async () => {
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

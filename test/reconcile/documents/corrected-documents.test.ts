import { describe, expect, test } from 'vitest';
import type { ResultKind } from '../../../shared/events/result-kinds.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error } from '../../consumers/testing/answers.ts';
import { targetOf } from '../../consumers/testing/ocrolus.ts';
import { createPollerHarness, type PollerHarness } from '../../poller/testing/harness.ts';
import { document, saysAnalytics, saysEverything, saysStatus } from '../testing/answers.ts';
import { book, createBookHarness, deliver, deliverUntilDone, liveUntil } from '../testing/harness.ts';

const DERIVED = ['paystubs', 'summary', 'cash-flow', 'enriched-transactions'] as const;

/** A complete book, of which a person then corrects the document `d` in place: Book status shows nothing of it. */
async function createCorrected(docUuids: readonly string[] = ['d']): Promise<PollerHarness> {
  const harness = await createBookHarness({}, docUuids);
  const { ocrolus } = harness;
  for (const uploadedDocUuid of docUuids) await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid });
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(4);
  expect(await book(harness)).toMatchObject({ complete: true });
  ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['corrected'] } } });
  ocrolus.says(calls.documentTransactions('b', 'd'), { body: { response: { txns: ['corrected'] } } });
  ocrolus.says(calls.bookPayStubs('b'), { body: { response: [{ doc_uuid: 'corrected' }] } });
  saysAnalytics(ocrolus, 'b', 2);
  ocrolus.asked.length = 0;
  return harness;
}

const stored = async (harness: PollerHarness, kind: ResultKind, subject = 'b') =>
  String(await harness.reader.resultBody('b', kind, subject));

async function expectCorrected(harness: PollerHarness): Promise<void> {
  expect(await book(harness)).toMatchObject({ complete: true, open: [] });
  expect(await stored(harness, 'forms', 'd')).toContain('corrected');
  expect(await stored(harness, 'transactions', 'd')).toContain('corrected');
  expect(await stored(harness, 'paystubs')).toContain('corrected');
  for (const kind of DERIVED.slice(1)) expect(await stored(harness, kind)).toContain('2');
}

/** Calls beside those for the results of documents. */
const others = ({ ocrolus }: PollerHarness) =>
  ocrolus.asked.filter(({ operation }) => operation !== 'doc-form-data' && operation !== 'transactions');

describe('a corrected document marks what is derived from it', () => {
  test.each([
    ['the events of the document and of its book', ['DOC_VERIFIED', 'BOOK_VERIFIED']],
    ['the same, the other way round', ['BOOK_VERIFIED', 'DOC_VERIFIED']],
    ['only the event of the document', ['DOC_VERIFIED']],
    ['only the event of the book', ['BOOK_VERIFIED']],
    ['both names of the event of the book', ['BOOK_VERIFIED', 'book.verified']],
  ])('%s: its book has all of it within an hour', async (_, events) => {
    const harness = await createCorrected();
    for (const eventName of events) {
      const ids = eventName === 'DOC_VERIFIED' ? { uploadedDocUuid: 'd' } : {};
      expect(await deliver(harness, eventName, ids)).toEqual([]);
      harness.clock.advance(2);
    }
    await harness.liveHours(1);
    await expectCorrected(harness);
  });

  test('costs at most five calls beside those for the documents', async () => {
    const docUuids = Array.from({ length: 10 }, (_, n) => (n === 0 ? 'd' : `d${n}`));
    const harness = await createCorrected(docUuids);
    await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
    harness.clock.advance(700);
    await harness.run();
    await harness.process();
    await expectCorrected(harness);
    expect(
      others(harness)
        .map(({ operation }) => operation)
        .sort(),
    ).toEqual([
      'Book-summary',
      'book-paystub-data',
      'book-status',
      'cash-flow-features',
      'enriched-transactions',
    ]);
    expect(harness.ocrolus.count('doc-form-data')).toBe(1);
  });

  test('but one that is verified again without a change marks nothing', async () => {
    const harness = await createBookHarness();
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(4);
    harness.ocrolus.asked.length = 0;
    await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
    await harness.liveHours(2);
    expect(others(harness).filter(({ operation }) => operation !== 'book-status')).toEqual([]);
  });

  test('also where the function dies before it stores the corrected body', async () => {
    const harness = await createCorrected();
    const { table } = harness.consumers.dependencies.ports;
    const { put } = table;
    let isDead = false;
    table.put = async (item, condition) => {
      isDead ||= item.item === 'RESULT#forms#d';
      if (isDead) throw new Error('killed');
      return put(item, condition);
    };
    expect(await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' })).toEqual(['message-0']);
    table.put = put;
    // Its message is lost.
    await harness.live(2);
    await expectCorrected(harness);
  });

  test('also where its book ended while the corrected body was asked for', async () => {
    const harness = await createBookHarness();
    const { ocrolus } = harness;
    saysStatus(ocrolus, 'b', 'VERIFYING', [document('d')]);
    await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
    ocrolus.before = async (target) => {
      if (target !== targetOf(calls.documentForms('d'))) return;
      ocrolus.before = () => {};
      saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
      await deliver(harness, 'BOOK_VERIFIED');
      ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['corrected'] } } });
      ocrolus.says(calls.bookPayStubs('b'), { body: { response: [{ doc_uuid: 'corrected' }] } });
    };
    await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
    await harness.liveHours(2);
    expect(await stored(harness, 'forms', 'd')).toContain('corrected');
    expect(await stored(harness, 'paystubs')).toContain('corrected');
  });

  test.each([
    ['fails', { httpStatus: 503, body: {} }],
    ['is not shown', { httpStatus: 404, body: {} }],
  ])('also where only its book announces it, and Book status %s', async (_, reply) => {
    const harness = await createCorrected();
    const { ocrolus, clock } = harness;
    clock.advance(3600);
    const shown = ocrolus.script(calls.bookStatus({ bookUuid: 'b' }));
    ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), reply);
    await deliverUntilDone(harness, 'BOOK_VERIFIED');
    ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), ...shown);
    await harness.liveHours(3);
    await expectCorrected(harness);
  });
});

test('a correction that only the book announces is found, although its first receive died and then Book status fails', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  const shown = ocrolus.script(calls.bookStatus({ bookUuid: 'b' }));
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), error(500, 5000));
  ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['new'] } } });
  await deliver(harness, 'BOOK_VERIFIED', {}, { attempts: 3 });
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), ...shown);
  await harness.live(1);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('new');
});

test('a correction is found that comes right after a look has seen the end, hours late', async () => {
  const harness = await createBookHarness();
  const { ocrolus, clock } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliver(harness, 'document.upload_succeeded');
  await harness.live(1);
  saysEverything(ocrolus);
  await liveUntil(harness, async () => (await book(harness))?.status === 'VERIFIED');
  clock.advance(660);
  await harness.run();
  await harness.process();
  ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['corrected'] } } });
  await deliver(harness, 'BOOK_VERIFIED');
  expect(await stored(harness, 'forms', 'd')).toContain('corrected');
});

test('a correction is found though a part of Book status cannot be read', async () => {
  const harness = await createCorrected(['d', 'e']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), null as never]);
  await deliver(harness, 'BOOK_VERIFIED');
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
  await harness.live(2);
  await expectCorrected(harness);
});

test.each([
  ['the document', { forms: 'never', transactions: 'never' }],
  ['the book', { summary: 'never' }],
])(
  'a correction is found while results of %s are not wanted, and stored when they are wanted again',
  async (_, policies) => {
    const harness = await createCorrected();
    const { table, clock, ocrolus } = harness;
    const without = createPollerHarness(table, { RESULTS: JSON.stringify(policies) }, { clock, ocrolus });
    await deliver(without, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
    await without.live(2);
    await harness.live(8);
    await expectCorrected(harness);
  },
);

test('income whose summary there is not follows a correction', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [1] } });
  ocrolus.says(calls.incomeSummary('b'), error(404, 9003));
  await deliver(harness, 'BOOK_VERIFIED');
  await deliver(harness, 'book.income.generated');
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ complete: true, income: { state: 'available' } });
  ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['corrected'] } } });
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [1, 2] } });
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  await harness.live(1);
  expect(await stored(harness, 'income')).toContain('[1,2]');
});

import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { createHarness, look, receive } from '../consumers/testing/harness.ts';
import { recordWrites } from '../consumers/testing/recorded-table.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { FORBIDDEN, saysEverything } from './testing/answers.ts';
import { dyingTable } from './testing/dying-table.ts';
import { book, createBookHarness, deliver } from './testing/harness.ts';

const NO_PERMIT = new Failure('retry', 'rate-limit');

test('a document that is announced while its forms are on their way is asked for again', async () => {
  const harness = await createBookHarness();
  const { ocrolus, clock } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  ocrolus.before = async (target) => {
    if (!target.includes('form')) return;
    // The other delivery marks the document, and gets no answer.
    const other = createHarness(harness.table, { clock });
    await receive(other, [delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' })]);
  };
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts: 3 });
  const kinds = (await harness.reader.missing('b')).map(({ kind }) => kind);
  expect(kinds).toContain('forms');
});

test('a look without a permit for its results is not continued at once', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  ocrolus.says(calls.documentForms('d'), NO_PERMIT);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  await receive(harness.consumers, [look('b', { urgent: true })]);
  expect(harness.consumers.requeued).toEqual([]);
});

test('what finds no permit tries no more than four at a time', async () => {
  const many = Array.from({ length: 20 }, (_, n) => `d${n}`);
  const harness = await createBookHarness({}, many);
  const { ocrolus } = harness;
  await deliver(harness, 'document.upload_succeeded');
  for (const docUuid of many) ocrolus.says(calls.documentForms(docUuid), NO_PERMIT);
  await harness.run(300_000, 'now');
  await harness.process();
  expect(ocrolus.count('doc-form-data')).toBeGreaterThan(0);
  expect(ocrolus.count('doc-form-data')).toBeLessThanOrEqual(4);
});

test('nothing goes on in the background after a failure', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  let isAnswered = false;
  ocrolus.before = async (target) => {
    if (target.includes('form')) throw new Error('DynamoDB is down');
    if (!target.includes('transaction')) return;
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    isAnswered = true;
  };
  expect(await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' })).toHaveLength(1);
  expect(isAnswered).toBe(true);
});

test('an answer that breaks our code holds up no other result', async () => {
  const harness = await createBookHarness();
  harness.ocrolus.before = (target) => {
    if (target.includes('form')) throw new TypeError('a bug');
  };
  expect(await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts: 3 })).toEqual([]);
  const ofDocument = (await harness.reader.missing('b')).filter(({ subject }) => subject === 'd');
  expect(ofDocument.map(({ kind }) => kind)).toEqual(['forms']);
  expect(harness.consumers.counted).toContainEqual({
    name: 'RequestRejected',
    dimensions: { operation: 'forms' },
  });
});

test('what is computed from a corrected document is due, even if the function dies before it stores the document', async () => {
  const dying = await dyingTable();
  const harness = createPollerHarness(dying.table);
  const { ocrolus, clock } = harness;
  saysEverything(ocrolus);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(40);
  expect((await book(harness))?.dueAt).toBeUndefined();
  ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['new'] } } });
  dying.dies = (item) => item.startsWith('RESULT#forms');
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  const { dueAt, complete } = (await book(harness)) ?? {};
  expect(complete).toBe(false);
  expect(Date.parse(dueAt ?? '') - clock.now()).toBeLessThanOrEqual(600_000);
});

test('signals of a document that is no longer listed are those of its book', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  saysEverything(ocrolus, 'b', ['d']);
  await harness.live(1);
  const before = ocrolus.count('book-fraud-signals');
  await deliver(harness, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  expect(ocrolus.count('book-fraud-signals')).toBe(before + 1);
});

/** A book with income, which its policy fetches only once an event names it. */
async function bookWithIncome() {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await deliver(harness, 'BOOK_VERIFIED');
  await deliver(harness, 'book.income.generated');
  await harness.liveHours(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  return harness;
}

test('income that an event has announced once is asked for again when a document is corrected', async () => {
  const harness = await bookWithIncome();
  harness.ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['new'] } } });
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  expect((await book(harness))?.open).toContain('income');
});

test('and when its book has changed', async () => {
  const harness = await bookWithIncome();
  saysEverything(harness.ocrolus, 'b', ['d', 'e']);
  await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'e' });
  expect((await book(harness))?.open).toContain('income');
});

test('the signals of a book are marked before those of a document that Detect refuses are closed', async () => {
  const memory = await memoryTable();
  const get: typeof memory.get = async (...args) => {
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    return memory.get(...args);
  };
  const table = recordWrites({ ...memory, get });
  const harness = createPollerHarness(table);
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  await deliver(harness, 'BOOK_VERIFIED');
  ocrolus.says(calls.documentSignals('d'), FORBIDDEN);
  ocrolus.says(calls.partSignals('d'), FORBIDDEN);
  ocrolus.before = () => {
    table.written.length = 0;
  };
  await deliver(harness, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  expect(table.written.slice(0, 2)).toEqual(['BOOK', 'DOC#d']);
});

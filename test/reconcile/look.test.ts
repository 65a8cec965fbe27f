import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { createReader } from '../../shared/store/reader.ts';
import { finished, type ScriptedDocument, TOO_EARLY } from '../consumers/testing/answers.ts';
import { look, receive } from '../consumers/testing/harness.ts';
import { recordWrites } from '../consumers/testing/recorded-table.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { saysEverything } from './testing/answers.ts';
import { deliver } from './testing/harness.ts';
import { lookedBook } from './testing/looked-book.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
});

const { says, book, lookNow, lookNext, untilNext, start } = lookedBook(() => harness);

const FINISHED = [finished('d')];
const rejected = (uuid: string): ScriptedDocument => ({ uuid, status: 'REJECTED' });
/** Operations for a verified book with one document. */
const EVERYTHING = [
  'Book-summary',
  'book-fraud-signals',
  'book-paystub-data',
  'book-status',
  'cash-flow-features',
  'doc-form-data',
  'enriched-transactions',
  'transactions',
];

test('a book that only an event has named is observed at once', async () => {
  expect(await start('VERIFYING', [{ uuid: 'd', status: 'QUEUED' }])).toEqual(['book-status']);
  expect(await book()).toMatchObject({
    status: 'VERIFYING',
    documents: { QUEUED: 1 },
    source: 'poll',
    complete: false,
  });
});

test('what is missing is asked for after the grace time, because webhooks may still arrive', async () => {
  expect(await start('VERIFIED', FINISHED)).toEqual(['book-status']);
  expect(await untilNext()).toBe(600);
  expect((await lookNext()).sort()).toEqual(EVERYTHING);
  expect(await book()).toMatchObject({ complete: true, open: [] });
});

test('a book whose webhooks have arrived is complete, and looked at again when they might have been late', async () => {
  await start('VERIFIED', FINISHED);
  for (const name of ['BOOK_VERIFIED', 'book.analytics_v2.generated', 'book.detect.signal_found'])
    await deliver(harness, name);
  expect(await book()).toMatchObject({ complete: true, completeAt: expect.any(String), open: [] });
  expect(await untilNext()).toBe(3600);
  expect(await lookNext()).toEqual(['book-status']);
});

test('a book that changes again has a new grace time', async () => {
  await start('VERIFIED', [rejected('d1')]);
  says('VERIFIED', [rejected('d1'), ...FINISHED]);
  expect(await lookNext()).toEqual(['book-status']);
  expect(await untilNext()).toBe(600);
});

test('an operator waits neither for the grace time nor for the days of the probes', async () => {
  await start('VERIFIED', FINISHED);
  const probes = ['analytics', 'classification-summary', 'income-calculations', 'suspicious-activity-flags'];
  expect(await lookNow('now')).toEqual(expect.arrayContaining([...EVERYTHING, ...probes]));
});

test('a book that is not due costs no call, nor does one that is not known', async () => {
  await start('VERIFYING');
  const asked = harness.ocrolus.asked.length;
  expect(await receive(harness.consumers, [look('b'), look('gone')])).toEqual([]);
  expect(harness.ocrolus.asked).toHaveLength(asked);
  expect(await book('gone')).toBeUndefined();
});

test('capture and completion are written right after the last event, not at the next look', async () => {
  const { ocrolus } = harness;
  saysEverything(ocrolus, 'b', ['d', 'e']);
  ocrolus.says(calls.documentForms('e'), TOO_EARLY);
  await deliver(harness, 'BOOK_VERIFIED', {}, { attempts: 3 });
  expect(await book()).toMatchObject({ capture: { state: 'partial' }, complete: false });
  saysEverything(ocrolus, 'b', ['d', 'e']);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'e' });
  expect(await book()).toMatchObject({ capture: { state: 'complete' }, complete: false });
  await deliver(harness, 'book.detect.signal_found');
  expect(await book()).toMatchObject({ complete: false });
  await deliver(harness, 'book.analytics_v2.generated');
  expect(await book()).toMatchObject({ complete: true, completeAt: harness.clock.iso(), open: [] });
});

describe('a deleted book', () => {
  test('is written as it is, is no longer looked at, and nothing of it is asked for', async () => {
    await start('VERIFIED', FINISHED);
    says('DELETED', FINISHED);
    expect(await lookNext()).toEqual(['book-status']);
    expect(await book()).toMatchObject({ status: 'DELETED' });
    for (const attribute of ['complete', 'open', 'dueAt', 'dueShard'])
      expect(await book()).not.toHaveProperty(attribute);
  });
});

test('a kind with the policy `never` is not asked for', async () => {
  const results = JSON.stringify({ summary: 'never', 'cash-flow': 'announced', forms: 'never' });
  harness = createPollerHarness(
    harness.table,
    { RESULTS: results },
    { clock: harness.clock, ocrolus: harness.ocrolus },
  );
  await start('VERIFIED', FINISHED);
  const unwanted = ['Book-summary', 'cash-flow-features', 'doc-form-data'];
  expect((await lookNext()).sort()).toEqual(EVERYTHING.filter((operation) => !unwanted.includes(operation)));
  expect(await book()).toMatchObject({ complete: true });
});

describe('the trace of a look', () => {
  test('is an entry of the ledger, if it asked for results', async () => {
    await start('VERIFIED', FINISHED);
    expect(await harness.reader.events('b')).toEqual([]);
    await lookNext();
    expect(await harness.reader.events('b')).toMatchObject([
      { eventName: 'poll.book', channel: 'book-results', source: 'poll', outcome: 'applied' },
    ]);
  });

  test.each([
    ['recovered', 'with documents that no event has announced', [], 'RecoveredByPoll'],
    ['fetched', 'without', ['DOC_VERIFIED'], 'FetchedByPoll'],
  ])('is the metric of what was %s, %s (docs/decisions/0028)', async (_what, _which, events, metric) => {
    // Counted although something else is still missing.
    harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
    await start('VERIFIED', FINISHED);
    for (const name of events) await deliver(harness, name, { uploadedDocUuid: 'd' });
    await lookNext();
    const names = harness.consumers.counted.map(({ name }) => name).filter((name) => name.endsWith('ByPoll'));
    expect(names).toEqual([metric]);
  });
});

describe('a look that fails', () => {
  test('because of the table is delivered again, and asks for nothing twice that was stored', async () => {
    await start('VERIFIED', FINISHED);
    harness.clock.advance(601);
    let isDown = false;
    const table = recordWrites(harness.table, (item) => isDown && item === 'BOOK');
    const failing = createPollerHarness(table, {}, { clock: harness.clock, ocrolus: harness.ocrolus });
    harness.ocrolus.before = (target) => {
      isDown ||= target.includes('summary');
    };
    expect(await receive(failing.consumers, [look('b')])).toEqual(['message-0']);
    harness.ocrolus.before = () => {};
    harness.clock.advance(900);
    await lookNow();
    expect(await book()).toMatchObject({ complete: true });
    expect(harness.ocrolus.count('doc-form-data')).toBe(1);
  });

  test('in the end leaves the book due', async () => {
    await start('VERIFIED', FINISHED);
    harness.clock.advance(601);
    const table = recordWrites(harness.table, (item) => item.startsWith('RESULT#'));
    const failing = createPollerHarness(table, {}, { clock: harness.clock, ocrolus: harness.ocrolus });
    expect(await receive(failing.consumers, [look('b')], { attempts: 3 })).toEqual([]);
    expect(await untilNext()).toBeLessThanOrEqual(900);
  });
});

describe('a look without enough time', () => {
  const docUuids = Array.from({ length: 30 }, (_, n) => `d${n}`);

  test('is continued by another message, and nothing is asked for twice', async () => {
    const { ocrolus, clock } = harness;
    saysEverything(ocrolus, 'b', docUuids);
    await start('VERIFIED', docUuids.map(finished));
    clock.advance(601);
    ocrolus.before = () => clock.advance(1);
    await receive(harness.consumers, [look('b')]);
    expect(harness.consumers.requeued).toHaveLength(1);
    expect(await book()).toMatchObject({ complete: false });
    ocrolus.before = () => {};
    harness.sent.push(look('b'));
    await harness.process();
    expect(await book()).toMatchObject({ complete: true });
    expect(ocrolus.count('doc-form-data')).toBe(30);
  });

  test('leaves the other books of its batch to a later delivery', async () => {
    const { ocrolus, clock } = harness;
    await start('VERIFIED', FINISHED);
    saysEverything(ocrolus, 'c', ['e']);
    await deliver(harness, 'BOOK_VERIFIED', { bookUuid: 'c' });
    clock.advance(1200);
    ocrolus.before = () => clock.advance(6);
    expect(await receive(harness.consumers, [look('b'), look('c')])).toEqual(['message-1']);
    expect(harness.consumers.visibility.get('receipt-1')).toBe(0);
  });
});

test('what an event marks while the book is looked at is kept, and the look does not postpone it', async () => {
  await start('VERIFIED', FINISHED);
  const { ocrolus } = harness;
  ocrolus.says(calls.incomeCalculations('b'), { httpStatus: 425, body: { status: 425, code: 9004 } });
  ocrolus.says(calls.incomeSummary('b'), { httpStatus: 425, body: { status: 425, code: 9004 } });
  ocrolus.before = async (target) => {
    if (!target.includes('cash_flow')) return;
    ocrolus.before = () => {};
    await deliver(harness, 'book.income.generated', {}, { attempts: 3 });
  };
  await lookNext();
  expect(await createReader(harness.table, harness.consumers.bodies).missing('b')).toMatchObject([
    { kind: 'income', subject: 'b', code: '9004' },
  ]);
  expect(await book()).toMatchObject({ complete: false, open: ['income'] });
  expect(await untilNext()).toBeLessThanOrEqual(300);
});

import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import {
  bookStatus,
  error,
  type ScriptedDocument,
  saysCaptured,
  signals,
  TOO_EARLY,
} from '../consumers/testing/answers.ts';
import { WRITER } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { workOff } from './testing/queue.ts';
import { createPollerStage, type PollerStage } from './testing/stage.ts';

const createTable = useTables();
let stage: PollerStage;
beforeEach(async () => {
  stage = createPollerStage(await createTable());
  stage.ocrolus.says(calls.bookSummary('b'), { body: {} });
  stage.ocrolus.says(calls.cashFlowFeatures('b'), { body: {} });
  stage.ocrolus.says(calls.enrichedTransactions('b'), { body: { enriched_transactions: [] } });
  stage.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  saysCaptured(stage.ocrolus, 'b', 'd');
});

const says = (status: string, docs: readonly ScriptedDocument[] = []) => {
  const answer = bookStatus('b', status, docs, { pk: 77 });
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), answer);
  stage.ocrolus.says(calls.bookStatus({ bookPk: '77' }), answer);
};
const FINISHED = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];

/** Runs the poller on its schedule, and the consumers after it. @returns the channels of what was sent. */
async function polledFor(hours: number, everyMinutes = 5) {
  const channels = [];
  for (let run = 0; run < (hours * 60) / everyMinutes; run += 1) {
    await stage.run();
    channels.push(...(await workOff(stage)));
    stage.clock.advance(everyMinutes * 60);
  }
  return channels;
}
const everything = ['cash-flow', 'forms', 'signals', 'summary', 'transactions', 'transactions'];
const kinds = async () => (await stage.reader.results('b')).map(({ kind }) => kind);

test.each([
  ['its uuid', { bookId: 'b', bookUuid: 'b' }],
  ['its pk', { bookId: 'pk-77', bookPk: '77' }],
])('a book of which only %s is known ends with everything, each sent once', async (_, known) => {
  await ensureBook(stage.table, known, WRITER);
  says('VERIFYING', [{ uuid: 'd', status: 'VERIFYING' }]);
  expect(await polledFor(1)).toEqual(['lifecycle']);
  says('VERIFIED', FINISHED);
  expect(await polledFor(2)).toEqual(['book-verified', 'book-analytics', 'book-detect']);
  expect(await kinds()).toEqual(everything);
  expect(await stage.reader.book('b')).toMatchObject({
    status: 'VERIFIED',
    capture: { state: 'complete' },
    analytics: { state: 'available' },
    detect: { state: 'available' },
    settledAt: expect.any(String),
  });
  expect(await polledFor(6)).toEqual([]);
});

test('a book that is reopened afterwards is found, and fetched anew', async () => {
  await ensureBook(stage.table, { bookId: 'b', bookUuid: 'b' }, WRITER);
  says('VERIFIED', FINISHED);
  await polledFor(3);
  saysCaptured(stage.ocrolus, 'b', 'e');
  says('VERIFIED', [...FINISHED, { uuid: 'e', status: 'COMPLETED' }]);
  const sent = await polledFor(6);
  expect(new Set(sent)).toEqual(new Set(['book-verified', 'book-analytics', 'book-detect']));
  expect(await stage.reader.book('b')).toMatchObject({ generation: 2, analytics: { state: 'available' } });
  expect(await stage.reader.documents('b')).toHaveLength(2);
});

test('an account without analytics pays one refused call, and no more', async () => {
  await ensureBook(stage.table, { bookId: 'b', bookUuid: 'b' }, WRITER);
  for (const call of [calls.bookSummary('b'), calls.cashFlowFeatures('b'), calls.enrichedTransactions('b')])
    stage.ocrolus.says(call, error(403, 1203));
  says('VERIFIED', FINISHED);
  await polledFor(8);
  expect(stage.ocrolus.count('Book-summary')).toBe(1);
});

test.each([
  ['forms', calls.documentForms('d'), 'doc-form-data'],
  ['summaries', calls.bookSummary('b'), 'Book-summary'],
])('%s that never come are asked for ever more rarely', async (_, call, operation) => {
  await ensureBook(stage.table, { bookId: 'b', bookUuid: 'b' }, WRITER);
  stage.ocrolus.says(call, TOO_EARLY);
  says('VERIFIED', FINISHED);
  await polledFor(24, 10);
  expect(stage.ocrolus.count(operation)).toBeLessThan(15);
  expect(stage.ocrolus.count('book-status')).toBeLessThan(40);
});

test('what has been waited for and comes at last does not hide what comes after it', async () => {
  await ensureBook(stage.table, { bookId: 'b', bookUuid: 'b' }, WRITER);
  stage.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  says('VERIFIED', FINISHED);
  await polledFor(4);
  saysCaptured(stage.ocrolus, 'b', 'd');
  await polledFor(8);
  expect(await kinds()).toEqual(everything);
  expect(await stage.reader.book('b')).toMatchObject({ settledAt: expect.any(String) });
});

test('what never came within the horizon is given up, and the book at last left alone', async () => {
  stage = createPollerStage(stage.table, { POLL_HORIZON_DAYS: '1', POLL_EXPECT: '' });
  await ensureBook(stage.table, { bookId: 'b', bookUuid: 'b' }, WRITER);
  stage.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  stage.ocrolus.says(calls.documentTransactions('b', 'd'), TOO_EARLY);
  says('VERIFIED', FINISHED);
  await polledFor(24 * 4, 60);
  expect(await stage.reader.book('b')).not.toHaveProperty('dueAt');
});

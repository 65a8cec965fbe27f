import { beforeEach, expect, test } from 'vitest';
import { CLASSIFY_ONLY } from '../../shared/checklist/kinds.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { bookStatus, error } from '../consumers/testing/answers.ts';
import { saysComplete } from '../consumers/testing/complete-book.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { makeBook } from './testing/books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

let harness: PollerHarness;
beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  saysComplete(harness.ocrolus, 'b', ['d']);
  await makeBook(harness.table, 'b');
});

const PAY_STUB = { uuid: 'p', doc_uuid: 'd', status: 'COMPLETED', net_pay: { totals: '1480.25' } };
const answer = (...response: unknown[]) => ({ body: { status: 200, message: 'OK', response } });
const book = () => readBook(harness.table, 'b');
const asked = () => harness.ocrolus.count('book-paystub-data');

async function polledFor(hours: number) {
  for (let run = 0; run < hours * 12; run += 1) {
    await harness.run();
    await harness.process();
    harness.clock.advance(300);
  }
}

test('the pay stubs of a verified book are stored as they came, by one call', async () => {
  const said = answer(PAY_STUB, { ...PAY_STUB, uuid: 'q' });
  harness.ocrolus.says(calls.bookPayStubs('b'), said);
  await polledFor(2);
  expect(String(await harness.reader.resultBody('b', 'paystubs'))).toBe(JSON.stringify(said.body));
  const [result] = (await harness.reader.results('b')).filter(({ kind }) => kind === 'paystubs');
  expect(result).toMatchObject({ subject: 'b', operation: 'book-paystub-data', summary: { payStubs: 2 } });
  expect(asked()).toBe(1);
});

test('a book without pay stubs has an empty list of them, and is complete', async () => {
  await polledFor(2);
  expect(String(await harness.reader.resultBody('b', 'paystubs'))).toContain('"response":[]');
  expect(await book()).toMatchObject({ complete: true, open: [] });
});

test.each([
  ['not there yet', error(400, 1404), 'pending'],
  ['refused', error(403, 2102), 'wanted'],
  ['null', answer(), 'pending'],
])('while they are %s, the book is not complete', async (what, reply, state) => {
  const said = what === 'null' ? { body: { status: 200, response: null } } : reply;
  harness.ocrolus.says(calls.bookPayStubs('b'), said);
  await polledFor(2);
  expect(await book()).toMatchObject({ complete: false, open: ['paystubs'] });
  expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'paystubs', subject: 'b', state }]);
  harness.ocrolus.says(calls.bookPayStubs('b'), answer(PAY_STUB));
  await polledFor(4);
  expect(await book()).toMatchObject({ complete: true });
});

test('a document that is added has them fetched again', async () => {
  await polledFor(2);
  saysComplete(harness.ocrolus, 'b', ['d', 'e']);
  harness.ocrolus.says(calls.bookPayStubs('b'), answer(PAY_STUB));
  await polledFor(6);
  expect(await book()).toMatchObject({ generation: 2, complete: true });
  expect(String(await harness.reader.resultBody('b', 'paystubs'))).toContain('"uuid":"p"');
  expect(asked()).toBe(2);
});

test('a book without results, or that is only classified, is not asked for them', async () => {
  const rejected = [{ uuid: 'd', status: 'REJECTED' }];
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFIED', rejected));
  await makeBook(harness.table, 'c');
  const classified = [{ uuid: 'e', status: 'CLASSIFIED' }];
  const more = { book_class: CLASSIFY_ONLY };
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'c' }), bookStatus('c', 'VERIFYING', classified, more));
  harness.ocrolus.says(calls.classificationSummary('c'), answer({}));
  await polledFor(12);
  expect(asked()).toBe(0);
});

import { beforeEach, expect, test } from 'vitest';
import { bookPage } from '../../../infra/console/views/books.ts';
import type { Entries } from '../../../shared/checklist/entry.ts';
import type { ResultKind } from '../../../shared/events/result-kinds.ts';
import { newBook, updateBook } from '../../../shared/store/books.ts';
import { createReader } from '../../../shared/store/reader.ts';
import type { DynamoTable } from '../../../shared/store/table.ts';
import { memoryBodies } from '../../shared/store/testing/bodies.ts';
import { second, WRITER } from '../../shared/store/testing/observations.ts';
import { useTables } from '../../shared/store/testing/table.ts';

const createTable = useTables();
let table: DynamoTable;
beforeEach(async () => {
  table = await createTable();
});

/** The checklist of a book with these entries, whose missing kinds are `open`. */
async function checklistOf(entries: Entries, open: ResultKind[]) {
  const book = { ...newBook('b', { bookUuid: 'b' }, WRITER), status: 'VERIFIED', open, entries };
  await updateBook(table, 'b', () => book);
  const page = await bookPage('b', { table: () => table, reader: createReader(table, memoryBodies()) });
  return page?.checklist;
}

const tried = { tried: 5, tries: 2, since: second(1), nextAt: second(9), code: '1404' };

test('a missing result shows how often it was asked for, and what there is of it already', async () => {
  const job = { id: 'job', wanted: 5, at: second(1) };
  const checklist = await checklistOf(
    {
      paystubs: { wanted: 5, answered: 5, state: 'stored', at: second(1) },
      summary: { wanted: 5, answered: 0, ...tried, job },
      'cash-flow': { wanted: 6, answered: 5, state: 'stored', at: second(1) },
    },
    ['summary', 'cash-flow'],
  );
  expect(checklist).toMatchObject([
    { kind: 'cash-flow', isMissing: true, state: 'wanted', hasOlder: true, hasJob: false },
    {
      ...{ kind: 'summary', isMissing: true, state: 'pending', attempts: 2, code: '1404' },
      ...{ nextAt: second(9), hasOlder: false, hasJob: true },
    },
    { kind: 'paystubs', isMissing: false, state: 'stored', nextAt: null },
  ]);
});

test('what is open but not expected is not called missing, and a probe is neither', async () => {
  const checklist = await checklistOf(
    {
      income: { wanted: 5, answered: 0, ...tried, code: '2102' },
      classification: { wanted: 0, answered: 0, nextAt: second(9) },
      'suspicious-activity': { wanted: 5, answered: 5, state: 'unavailable', code: '1501' },
    },
    [],
  );
  expect(checklist).toMatchObject([
    { kind: 'classification', isMissing: false, state: 'probe', nextAt: second(9) },
    { kind: 'income', isMissing: false, state: 'not expected', code: '2102' },
    { kind: 'suspicious-activity', isMissing: false, state: 'unavailable', code: '1501' },
  ]);
});

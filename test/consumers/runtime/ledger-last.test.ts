import { beforeEach, expect, test } from 'vitest';
import type { EventIds } from '../../../shared/events/ids.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import type { Table } from '../../../shared/store/table.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, saysCaptured, TOO_EARLY } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
import { recordWrites } from '../testing/recorded-table.ts';
import { capturedDocuments } from '../testing/stored.ts';

const createTable = useTables();
let table: Table;
beforeEach(async () => {
  table = await createTable();
});

const ids: EventIds = { bookUuid: 'b', uploadedDocUuid: 'd' };
const message = delivery('DOC_VERIFIED', ids);
function harnessOn(onTable: Table): Harness {
  const harness = createHarness(onTable);
  harness.ocrolus.says(
    calls.bookStatus({ bookUuid: 'b' }),
    bookStatus('b', 'VERIFYING', [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }]),
  );
  saysCaptured(harness.ocrolus, 'b', 'd');
  return harness;
}

test('the ledger is written last of all', async () => {
  const recorded = recordWrites(table);
  await receive(harnessOn(recorded), [message]);
  expect(recorded.written.toSorted()).toEqual(
    ['BOOK', 'DOC#d', 'RESULT#forms#d', 'RESULT#transactions#d', recorded.written.at(-1)].toSorted(),
  );
  expect(recorded.written.at(-1)).toMatch(/^EVENT#/);
});

test("a document's entries are closed only after its results are stored", async () => {
  const recorded = recordWrites(table);
  await receive(harnessOn(recorded), [message]);
  const place = (item: string) => recorded.written.indexOf(item);
  expect(place('DOC#d')).toBeGreaterThan(place('RESULT#forms#d'));
  expect(place('DOC#d')).toBeGreaterThan(place('RESULT#transactions#d'));
});

test('what stays open is written to the document before the book', async () => {
  await receive(harnessOn(table), [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  const recorded = recordWrites(table);
  const harness = harnessOn(recorded);
  harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  await receive(harness, [message], { attempts: 3 });
  expect(recorded.written).toEqual([
    // What is announced is written down first: the message may never be finished.
    'DOC#d',
    'BOOK',
    'RESULT#transactions#d',
    // The condition is what was read before the first write, so the write is repeated.
    'DOC#d',
    'DOC#d',
    'BOOK',
    expect.stringMatching(/^EVENT#/),
  ]);
});

test.each(['BOOK', 'RESULT#forms#d', 'RESULT#transactions#d', 'DOC#d'])(
  'when writing %s fails the message is retried, and everything is there once afterwards',
  async (unwritable) => {
    const failing = harnessOn(recordWrites(table, (item) => item.startsWith(unwritable)));
    expect(await receive(failing, [message])).toEqual(['message-0']);
    expect(await failing.reader.events('b')).toMatchObject([{ outcome: 'retrying', codes: ['Error'] }]);

    const fixed = harnessOn(table);
    expect(await receive(fixed, [message], { attempts: 2 })).toEqual([]);
    expect(await fixed.reader.events('b')).toMatchObject([
      { deliveryId: message.deliveryId, attempts: 2, outcome: 'applied', codes: ['Error'] },
    ]);
    expect(await fixed.reader.documents('b')).toMatchObject([
      { docUuid: 'd', status: 'VERIFICATION_COMPLETE' },
    ]);
    expect(await capturedDocuments(table, 'b')).toEqual(['d']);
    expect((await fixed.reader.results('b')).map(({ kind }) => kind)).toEqual(['forms', 'transactions']);
  },
);

test('when the ledger cannot be written the message is retried, and is in it once afterwards', async () => {
  const failing = harnessOn(recordWrites(table, (item) => item.startsWith('EVENT#')));
  expect(await receive(failing, [message])).toEqual(['message-0']);
  expect(await failing.reader.events('b')).toEqual([]);
  const fixed = harnessOn(table);
  expect(await receive(fixed, [message], { attempts: 2 })).toEqual([]);
  expect(await fixed.reader.events('b')).toMatchObject([{ deliveryId: message.deliveryId, attempts: 2 }]);
  expect(fixed.ocrolus.count('doc-form-data')).toBe(0);
});

test.each(['DOC#', 'EVENT#'])(
  'when a missing result cannot be recorded (%s), the message is retried',
  async (unwritable) => {
    const failing = harnessOn(recordWrites(table, (item) => item.startsWith(unwritable)));
    failing.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
    expect(await receive(failing, [message], { attempts: 3 })).toEqual(['message-0']);
    expect((await failing.reader.events('b')).filter(({ outcome }) => outcome !== 'retrying')).toEqual([]);
  },
);

test('a message that SQS delivers twice has one entry in the ledger, the first', async () => {
  const harness = harnessOn(table);
  await receive(harness, [message]);
  await receive(harness, [message], { attempts: 2 });
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'applied', attempts: 1 }]);
});

import { beforeEach, expect, test } from 'vitest';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, saysCaptured, TOO_EARLY } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
import { recordWrites } from '../testing/recorded-table.ts';
import { capturedDocuments } from '../testing/stored.ts';

let table: Table;
beforeEach(async () => {
  table = await memoryTable();
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

test('documents are written before their book, bodies before what closes their entries, the ledger last', async () => {
  const recorded = recordWrites(table);
  await receive(harnessOn(recorded), [message]);
  const { written } = recorded;
  expect(written.slice(0, 2)).toEqual(['DOC#d', 'BOOK']);
  for (const body of ['RESULT#forms#d', 'RESULT#transactions#d'])
    expect(written.lastIndexOf('DOC#d')).toBeGreaterThan(written.indexOf(body));
  expect(written.at(-1)).toMatch(/^EVENT#/);
});

test('a message that was received before writes down what it names before anything is asked', async () => {
  await receive(harnessOn(table), [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  const recorded = recordWrites(table);
  const harness = harnessOn(recorded);
  harness.ocrolus.before = () => expect(recorded.written.slice(0, 2)).toEqual(['BOOK', 'DOC#d']);
  expect(await receive(harness, [message], { attempts: 2 })).toEqual([]);
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

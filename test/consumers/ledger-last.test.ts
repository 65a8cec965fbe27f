import { beforeEach, expect, test } from 'vitest';
import { observe as docVerified } from '../../functions/consumers/doc-verified.ts';
import type { EventIds } from '../../shared/events/ids.ts';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import type { Table } from '../../shared/store/table.ts';
import { useTables } from '../store/testing/table.ts';
import { bookStatus, saysCaptured } from './testing/answers.ts';
import { recordWrites } from './testing/recorded-table.ts';
import { createStage, delivery, receive, type Stage } from './testing/stage.ts';

const createTable = useTables();
let table: Table;
beforeEach(async () => {
  table = await createTable();
});

const ids: EventIds = { bookUuid: 'b', uploadedDocUuid: 'd' };
const message = delivery('DOC_VERIFIED', ids);
function stageOn(onTable: Table): Stage {
  const stage = createStage(onTable);
  stage.ocrolus.says(
    calls.bookStatus({ bookUuid: 'b' }),
    bookStatus('b', 'VERIFYING', [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }]),
  );
  saysCaptured(stage.ocrolus, 'b', 'd');
  return stage;
}

test('the ledger is written last of all', async () => {
  const recorded = recordWrites(table);
  await receive(stageOn(recorded), docVerified, [message]);
  expect(recorded.written.toSorted()).toEqual(
    ['BOOK', 'DOC#d', 'RESULT#forms#d', 'RESULT#transactions#d', recorded.written.at(-1)].toSorted(),
  );
  expect(recorded.written.at(-1)).toMatch(/^EVENT#/);
});

test('a document says that it is captured only after its results are stored', async () => {
  const recorded = recordWrites(table);
  await receive(stageOn(recorded), docVerified, [message]);
  const place = (item: string) => recorded.written.indexOf(item);
  expect(place('DOC#d')).toBeGreaterThan(place('RESULT#forms#d'));
  expect(place('DOC#d')).toBeGreaterThan(place('RESULT#transactions#d'));
});

test.each(['BOOK', 'RESULT#forms#d', 'RESULT#transactions#d', 'DOC#d', 'EVENT#'])(
  'when writing %s fails the message comes back, and the next time everything is there once',
  async (unwritable) => {
    const failing = stageOn(recordWrites(table, (item) => item.startsWith(unwritable)));
    expect(await receive(failing, docVerified, [message])).toEqual(['message-0']);
    expect(await failing.reader.events('b')).toEqual([]);

    const mended = stageOn(table);
    expect(await receive(mended, docVerified, [message], { attempts: 2 })).toEqual([]);
    expect(await mended.reader.events('b')).toMatchObject([{ deliveryId: message.deliveryId, attempts: 2 }]);
    expect(await mended.reader.documents('b')).toMatchObject([
      { docUuid: 'd', status: 'VERIFICATION_COMPLETE', capturedAt: expect.any(String) },
    ]);
    expect((await mended.reader.results('b')).map(({ kind }) => kind)).toEqual(['forms', 'transactions']);
  },
);

test.each(['WAIT#', 'EVENT#'])(
  'a wait that cannot be written down (%s) brings the message back',
  async (unwritable) => {
    const failing = createStage(recordWrites(table, (item) => item.startsWith(unwritable)));
    const later = async () => Promise.reject(new Failure('later', '1404'));
    expect(await receive(failing, later, [message], { attempts: 3 })).toEqual(['message-0']);
    expect(await failing.reader.events('b')).toEqual([]);
  },
);

test('a message that SQS delivers twice has one ledger entry, the first', async () => {
  const stage = stageOn(table);
  await receive(stage, docVerified, [message]);
  await receive(stage, docVerified, [message], { attempts: 2 });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'applied', attempts: 1 }]);
});

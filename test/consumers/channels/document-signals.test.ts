import { beforeEach, describe, expect, test } from 'vitest';
import type { EventIds } from '../../../shared/events/ids.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readDocument } from '../../../shared/store/documents.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, type ScriptedDocument, signals, TOO_EARLY } from '../testing/answers.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const says = (...docs: ScriptedDocument[]) =>
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
const announce = (ids: EventIds, receiving: Receiving = {}, eventName = 'document.detect.signal_found') =>
  receive(stage, [delivery(eventName, ids, { receivedAt: stage.clock.iso() })], receiving);
/** The book and its documents are stored. */
const storeBook = async (...docs: ScriptedDocument[]) => {
  says(...docs);
  const polled = { source: 'poll', channel: 'lifecycle' } as const;
  await receive(stage, [delivery('poll.status', { bookUuid: 'b' }, polled)]);
  stage.ocrolus.asked.splice(0);
};
const results = async () =>
  (await stage.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);
const D: ScriptedDocument = { uuid: 'd', pk: 5, status: 'VERIFYING' };
const E: ScriptedDocument = { uuid: 'e', pk: 6, status: 'VERIFYING' };

test.each(['document.detect.signal_found', 'document.detect.signal_not_found'])(
  '%s: the signals of the document are stored, and its state',
  async (eventName) => {
    await storeBook(D);
    stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
    expect(await announce({ bookUuid: 'b', uploadedDocUuid: 'd' }, {}, eventName)).toEqual([]);
    expect(await results()).toEqual(['signals d']);
    expect(await stage.reader.documents('b')).toMatchObject([
      { docUuid: 'd', detect: { state: 'COMPLETED' } },
    ]);
    expect((await readDocument(stage.table, 'b', 'd'))?.entries.signals).toMatchObject({ state: 'stored' });
    expect(stage.ocrolus.asked).toHaveLength(1);
  },
);

test('a book that nothing has named before is made, for the poller to look at', async () => {
  says(D);
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  await announce({ bookUuid: 'b', uploadedDocUuid: 'd' });
  expect(await stage.reader.book('b')).toMatchObject({ bookUuid: 'b', dueAt: expect.any(String) });
  expect(await stage.reader.documents('b')).toMatchObject([{ docUuid: 'd', status: 'VERIFYING' }]);
});

test('an event that names the document only finds its book in the answer', async () => {
  says(D);
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  expect(await announce({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await results()).toEqual(['signals d']);
  expect(await stage.reader.events('b')).toEqual([]);
  expect(await stage.reader.events('account')).toMatchObject([{ outcome: 'applied', bookUuid: 'b' }]);
});

test('an event that names the document by its pk finds its uuid in Book status', async () => {
  says(D);
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  expect(await announce({ bookUuid: 'b', uploadedDocPk: '5' })).toEqual([]);
  expect(await results()).toEqual(['signals d']);
});

describe('an event that names a part of a split upload only', () => {
  const ofPart = () => announce({ bookUuid: 'b', docUuid: 'part' }, { attempts: 3 });

  test('finds its upload, and makes no document without a status', async () => {
    await storeBook(D);
    stage.ocrolus.says(calls.documentSignals('part'), error(404, 1501));
    stage.ocrolus.says(calls.partSignals('part'), signals('b', { d: 'COMPLETED' }));
    expect(await ofPart()).toEqual([]);
    expect(await results()).toEqual(['signals d']);
    expect(await stage.reader.documents('b')).toMatchObject([
      { docUuid: 'd', status: 'VERIFYING', detect: { state: 'COMPLETED' } },
    ]);
    expect((await readDocument(stage.table, 'b', 'd'))?.entries.signals).toMatchObject({ state: 'stored' });
  });

  test('and finds nothing yet is kept as missing of the book', async () => {
    await storeBook(D);
    stage.ocrolus.says(calls.documentSignals('part'), TOO_EARLY);
    expect(await ofPart()).toEqual([]);
    expect(await stage.reader.documents('b')).toMatchObject([{ docUuid: 'd' }]);
    expect(await stage.reader.missing('b')).toMatchObject([
      { kind: 'signals', subject: 'b', state: 'pending', code: '1404' },
    ]);
    expect(await stage.reader.book('b')).toMatchObject({ dueAt: expect.any(String) });
  });
});

test('an event that names no document is refused', async () => {
  says(D);
  await announce({ bookUuid: 'b' });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'refused', reason: 'no-document-id' }]);
});

test('an event that names the document by a pk is not refused because Book status is, or lists it later', async () => {
  await storeBook();
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 403, body: {} });
  stage.clock.advance(60);
  await announce({ bookUuid: 'b', uploadedDocPk: '5' }, { attempts: 3 });
  stage.clock.advance(60);
  says();
  await announce({ bookUuid: 'b', uploadedDocPk: '5' }, { attempts: 3 });
  const ofEvents = (await stage.reader.events('b')).filter(({ source }) => source === 'webhook');
  expect(ofEvents.map(({ outcome }) => outcome)).toEqual(['waiting', 'waiting']);
});

test('while Detect is running nothing is stored, and the document lacks its signals', async () => {
  await storeBook(D, E);
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'PENDING' }));
  await announce({ bookUuid: 'b', uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await results()).toEqual([]);
  expect(await stage.reader.missing('b')).toMatchObject([
    { kind: 'signals', subject: 'd', state: 'pending', code: 'detect-pending' },
  ]);
  expect(await stage.reader.events('b')).toContainEqual(
    expect.objectContaining({ outcome: 'waiting', reason: 'detect-pending' }),
  );
});

test("where a document's own signals are refused, the book's are asked for", async () => {
  await storeBook(D, E);
  stage.ocrolus.says(calls.documentSignals('d'), error(404, 1501));
  stage.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'UNABLE_TO_PROCESS' }));
  await announce({ bookUuid: 'b', uploadedDocUuid: 'd' });
  expect(await results()).toEqual(['signals b']);
  expect(await stage.reader.documents('b')).toMatchObject([
    { docUuid: 'd', detect: { state: 'COMPLETED' } },
    { docUuid: 'e', detect: { state: 'UNABLE_TO_PROCESS' } },
  ]);
  expect(await stage.reader.missing('b')).toEqual([]);
});

test('an account without Detect has the code in the checklist and in the ledger', async () => {
  await storeBook(D);
  for (const call of [calls.documentSignals('d'), calls.bookSignals('b')]) {
    stage.ocrolus.says(call, error(403, 9005));
  }
  await announce({ bookUuid: 'b', uploadedDocUuid: 'd' });
  expect(await stage.reader.missing('b')).toMatchObject([
    { kind: 'signals', subject: 'd', state: 'wanted', code: '9005' },
  ]);
  expect(await stage.reader.events('b')).toContainEqual(
    expect.objectContaining({ outcome: 'waiting', reason: '9005' }),
  );
});

test('an event reads the document that it names, not all of a large book', async () => {
  await storeBook(D, E);
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  let queries = 0;
  const { table } = stage;
  const counted = createStage(
    {
      ...table,
      query: (query) => {
        if (query.bookId === 'b') queries += 1;
        return table.query(query);
      },
    },
    { ocrolus: stage.ocrolus, clock: stage.clock },
  );
  const event = delivery('document.detect.signal_found', { bookUuid: 'b', uploadedDocUuid: 'd' });
  await receive(counted, [event]);
  expect(queries).toBe(0);
});

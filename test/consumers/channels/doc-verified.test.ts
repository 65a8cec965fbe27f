import { beforeEach, expect, test } from 'vitest';
import { observe } from '../../../functions/consumers/doc-verified.ts';
import type { EventIds } from '../../../shared/events/ids.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, type ScriptedDocument, saysCaptured, TOO_EARLY } from '../testing/answers.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const says = (...docs: ScriptedDocument[]) =>
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
const tell = (ids: EventIds, receiving: Receiving = {}) =>
  receive(stage, observe, [delivery('DOC_VERIFIED', { bookUuid: 'b', ...ids })], receiving);
const operations = () => stage.ocrolus.asked.map(({ operation }) => operation);

test('a verified document has its forms and transactions fetched', async () => {
  says({ uuid: 'd', pk: 5, status: 'VERIFICATION_COMPLETE' });
  saysCaptured(stage.ocrolus, 'b', 'd');
  expect(await tell({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await stage.reader.results('b')).toMatchObject([
    { kind: 'forms', subject: 'd' },
    { kind: 'transactions', subject: 'd' },
  ]);
  expect(await stage.reader.documents('b')).toMatchObject([{ docPk: '5', capturedAt: expect.any(String) }]);
  expect(await stage.reader.book('b')).toMatchObject({
    status: 'VERIFYING',
    documents: { VERIFICATION_COMPLETE: 1 },
  });
});

test('of a rejected one nothing is fetched, and the reason is kept', async () => {
  says({ uuid: 'd', status: 'REJECTED', rejection_reason: 'DOCUMENT IS UNREADABLE' });
  expect(await tell({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(operations()).toEqual(['book-status']);
  expect(await stage.reader.documents('b')).toMatchObject([
    { status: 'REJECTED', rejectionReason: 'DOCUMENT IS UNREADABLE' },
  ]);
  expect(await stage.reader.events('b')).toMatchObject([
    { outcome: 'applied', reason: 'DOCUMENT IS UNREADABLE' },
  ]);
});

test('what Book status says counts, not what the event says', async () => {
  says({ uuid: 'd', status: 'REJECTED' });
  const claimed = delivery(
    'DOC_VERIFIED',
    { bookUuid: 'b', uploadedDocUuid: 'd' },
    { status: 'VERIFICATION_COMPLETE' },
  );
  await receive(stage, observe, [claimed]);
  expect(operations()).toEqual(['book-status']);
});

test('the same event again changes nothing but the time of the last answer', async () => {
  says({ uuid: 'd', status: 'VERIFICATION_COMPLETE' });
  saysCaptured(stage.ocrolus, 'b', 'd');
  await tell({ uploadedDocUuid: 'd' });
  const before = await stage.reader.results('b');
  await tell({ uploadedDocUuid: 'd' });
  expect((await stage.reader.events('b')).map(({ outcome }) => outcome).sort()).toEqual([
    'applied',
    'unchanged',
  ]);
  const after = await stage.reader.results('b');
  expect(after).toEqual(before.map((result) => ({ ...result, fetchedAt: expect.any(String) })));
});

test.each<[string, EventIds]>([
  ['its other uuid', { docUuid: 'd' }],
  ['its pk', { uploadedDocPk: '5' }],
  ['its pk, beside a uuid that Book status does not know', { docUuid: 'x', uploadedDocPk: '5' }],
])('the document is found by %s', async (_, ids) => {
  says({ uuid: 'c', pk: 4, status: 'REJECTED' }, { uuid: 'd', pk: 5, status: 'REJECTED' });
  await tell(ids);
  expect(await stage.reader.documents('b')).toMatchObject([{ docUuid: 'd' }]);
});

test('forms that are filed under the other uuid of the document are found there', async () => {
  says({ uuid: 'd', status: 'VERIFICATION_COMPLETE' });
  saysCaptured(stage.ocrolus, 'b', 'd');
  stage.ocrolus.says(calls.documentForms('other'), { body: { response: { forms: [{ form_type: 'W2' }] } } });
  await tell({ uploadedDocUuid: 'd', docUuid: 'other' });
  expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toContain('W2');
});

test('a document without transactions is captured with what there is', async () => {
  says({ uuid: 'd', status: 'VERIFICATION_COMPLETE' });
  saysCaptured(stage.ocrolus, 'b', 'd');
  stage.ocrolus.says(calls.documentTransactions('b', 'd'), error(404, 1402));
  expect(await tell({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'applied', reason: '1402' }]);
  expect(await stage.reader.documents('b')).toMatchObject([{ capturedAt: expect.any(String) }]);
});

test('a document of which Ocrolus gives nothing at all is refused, and not asked for again', async () => {
  says({ uuid: 'd', status: 'VERIFICATION_COMPLETE' });
  stage.ocrolus.says(calls.documentForms('d'), error(403, 1203));
  stage.ocrolus.says(calls.documentTransactions('b', 'd'), error(403, 1203));
  expect(await tell({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'refused' }]);
  expect(await stage.reader.documents('b')).toMatchObject([{ capturedAt: expect.any(String) }]);
});

test('forms that are not ready yet do not hold up the transactions', async () => {
  says({ uuid: 'd', status: 'VERIFICATION_COMPLETE' });
  saysCaptured(stage.ocrolus, 'b', 'd');
  stage.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  await tell({ uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'transactions', subject: 'd' }]);
  const documents = await stage.reader.documents('b');
  expect(documents.filter(({ capturedAt }) => capturedAt !== undefined)).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1404' }]);
});

test.each([
  ['is not listed yet', [], 'document-not-listed'],
  ['is still at work', [{ uuid: 'd', status: 'VERIFYING' }], 'document-not-verified'],
])('a document that %s is waited for', async (_, docs, reason) => {
  says(...docs);
  await tell({ uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason }]);
});

test('a PDF that was split has a status and nothing to fetch', async () => {
  const mixed = { mixed_docs: [{ uuid: 'm', status: 'VERIFICATION_COMPLETE' }] };
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', [], mixed));
  expect(await tell({ mixedDocUuid: 'm' })).toEqual([]);
  expect(operations()).toEqual(['book-status']);
  expect(await stage.reader.documents('b')).toMatchObject([{ docUuid: 'm', mixed: true }]);
});

import { beforeEach, describe, expect, test } from 'vitest';
import type { EventIds } from '../../../shared/events/ids.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readDocument } from '../../../shared/store/documents.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, type ScriptedDocument, saysCaptured, TOO_EARLY } from '../testing/answers.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';
import { capturedDocuments } from '../testing/stored.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const says = (...docs: ScriptedDocument[]) =>
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
const announce = (ids: EventIds, receiving: Receiving = {}) => {
  const receivedAt = stage.clock.iso();
  return receive(stage, [delivery('DOC_VERIFIED', { bookUuid: 'b', ...ids }, { receivedAt })], receiving);
};
const operations = () => stage.ocrolus.asked.map(({ operation }) => operation);
const missing = async () =>
  (await stage.reader.missing('b')).map(({ kind, state, code }) => `${kind} ${state} ${code}`);
const captured = () => capturedDocuments(stage.table, 'b');
const VERIFIED: ScriptedDocument = { uuid: 'd', status: 'VERIFICATION_COMPLETE' };

test('a verified document has its forms and transactions fetched', async () => {
  says({ ...VERIFIED, pk: 5 });
  saysCaptured(stage.ocrolus, 'b', 'd');
  expect(await announce({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await stage.reader.results('b')).toMatchObject([
    { kind: 'forms', subject: 'd' },
    { kind: 'transactions', subject: 'd' },
  ]);
  expect(await stage.reader.documents('b')).toMatchObject([{ docPk: '5', status: 'VERIFICATION_COMPLETE' }]);
  expect(await captured()).toEqual(['d']);
  expect(await stage.reader.book('b')).toMatchObject({
    status: 'VERIFYING',
    documents: { VERIFICATION_COMPLETE: 1 },
    complete: false,
  });
});

test('of a rejected one nothing is fetched, and the reason is kept, but not logged', async () => {
  const rejection_reason_description = 'The scan is too dark to read.';
  const rejection_reason = 'DOCUMENT IS UNREADABLE';
  says({ uuid: 'd', status: 'REJECTED', rejection_reason, rejection_reason_description });
  expect(await announce({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(operations()).toEqual(['book-status']);
  expect(await stage.reader.documents('b')).toMatchObject([
    {
      status: 'REJECTED',
      rejectionReason: rejection_reason,
      rejectionReasonDescription: rejection_reason_description,
    },
  ]);
  expect(await stage.reader.events('b')).toMatchObject([
    { outcome: 'applied', reason: 'DOCUMENT IS UNREADABLE' },
  ]);
  expect(stage.lines.join('\n')).not.toMatch(/UNREADABLE|too dark/);
});

test('what Book status says counts, not what the event says', async () => {
  says({ uuid: 'd', status: 'REJECTED' });
  const claimed = delivery(
    'DOC_VERIFIED',
    { bookUuid: 'b', uploadedDocUuid: 'd' },
    { status: 'VERIFICATION_COMPLETE' },
  );
  await receive(stage, [claimed]);
  expect(operations()).toEqual(['book-status']);
});

test('the same event again changes nothing but the time of the last answer', async () => {
  says(VERIFIED);
  saysCaptured(stage.ocrolus, 'b', 'd');
  await announce({ uploadedDocUuid: 'd' });
  const before = await stage.reader.results('b');
  stage.clock.advance(60);
  await announce({ uploadedDocUuid: 'd' });
  expect((await stage.reader.events('b')).map(({ outcome }) => outcome)).toEqual(['applied', 'unchanged']);
  const after = await stage.reader.results('b');
  expect(after).toEqual(before.map((result) => ({ ...result, fetchedAt: expect.any(String) })));
  expect(stage.ocrolus.count('doc-form-data')).toBe(2);
});

test.each<[string, EventIds]>([
  ['its other uuid', { docUuid: 'd' }],
  ['its pk', { uploadedDocPk: '5' }],
  ['its pk, beside a uuid that Book status does not know', { docUuid: 'x', uploadedDocPk: '5' }],
])('the document is found by %s', async (_, ids) => {
  says({ uuid: 'c', pk: 4, status: 'REJECTED' }, { uuid: 'd', pk: 5, status: 'REJECTED' });
  await announce(ids);
  expect(await stage.reader.documents('b')).toMatchObject([{ docUuid: 'd' }]);
});

test('forms that are filed under the other uuid of the document are found there', async () => {
  says(VERIFIED);
  saysCaptured(stage.ocrolus, 'b', 'd');
  stage.ocrolus.says(calls.documentForms('other'), { body: { response: { forms: [{ form_type: 'W2' }] } } });
  await announce({ uploadedDocUuid: 'd', docUuid: 'other' });
  expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toContain('W2');
});

test('forms that are not filed under the other uuid are found under its own', async () => {
  says(VERIFIED);
  saysCaptured(stage.ocrolus, 'b', 'd');
  stage.ocrolus.says(calls.documentForms('other'), error(404, 1501));
  await announce({ uploadedDocUuid: 'd', docUuid: 'other' });
  expect(await captured()).toEqual(['d']);
});

describe('forms that Ocrolus does not know by any uuid of the document', () => {
  const NOT_FOUND = error(400, 1501);
  const byPk = { body: { response: { pk: 5, forms: [{ form_type: 'W2' }] } } };
  beforeEach(() => {
    saysCaptured(stage.ocrolus, 'b', 'd');
    stage.ocrolus.says(calls.documentForms('d'), NOT_FOUND);
    stage.ocrolus.says(calls.documentFormsByPk('5'), byPk);
  });

  test('are asked for by its pk', async () => {
    says({ ...VERIFIED, pk: 5 });
    stage.ocrolus.says(calls.documentForms('other'), NOT_FOUND);
    await announce({ uploadedDocUuid: 'd', docUuid: 'other' });
    expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toContain('W2');
  });

  test('are missing where it has no pk', async () => {
    says(VERIFIED);
    await announce({ uploadedDocUuid: 'd' });
    expect(await missing()).toEqual(['forms wanted 1501']);
  });

  test('are missing with the first code where the pk is not known either', async () => {
    says({ ...VERIFIED, pk: 5 });
    stage.ocrolus.says(calls.documentFormsByPk('5'), error(400, 1103));
    await announce({ uploadedDocUuid: 'd' });
    expect(await missing()).toEqual(['forms wanted 1501']);
  });

  test('are missing with the code of the contract where the account has no forms', async () => {
    says({ ...VERIFIED, pk: 5 });
    stage.ocrolus.says(calls.documentFormsByPk('5'), error(403, 2102));
    await announce({ uploadedDocUuid: 'd' });
    expect(await missing()).toEqual(['forms wanted 2102']);
  });

  test('are not asked for by it where the refusal is another', async () => {
    says({ ...VERIFIED, pk: 5 });
    stage.ocrolus.says(calls.documentForms('d'), error(400, 2104));
    await announce({ uploadedDocUuid: 'd' });
    expect(await missing()).toEqual(['forms wanted 2104']);
    expect(stage.ocrolus.count('doc-form-data')).toBe(1);
  });
});

test('a document without transactions is stored as far as it goes, and they stay missing', async () => {
  says(VERIFIED);
  saysCaptured(stage.ocrolus, 'b', 'd');
  stage.ocrolus.says(calls.documentTransactions('b', 'd'), error(404, 1402));
  expect(await announce({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1402' }]);
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'forms', subject: 'd' }]);
  expect(await missing()).toEqual(['transactions wanted 1402']);
});

test('a document of which Ocrolus gives nothing at all is asked for again', async () => {
  says(VERIFIED);
  stage.ocrolus.says(calls.documentForms('d'), error(403, 1203));
  stage.ocrolus.says(calls.documentTransactions('b', 'd'), error(403, 1203));
  expect(await announce({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1203' }]);
  expect(await missing()).toEqual(['forms wanted 1203', 'transactions wanted 1203']);
  expect(await stage.reader.book('b')).toMatchObject({ dueAt: expect.any(String) });
});

test('forms that are not ready yet do not hold up the transactions', async () => {
  says(VERIFIED);
  saysCaptured(stage.ocrolus, 'b', 'd');
  stage.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  await announce({ uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'transactions', subject: 'd' }]);
  expect(await captured()).toEqual([]);
  expect(await missing()).toEqual(['forms pending 1404']);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1404' }]);
});

test.each([
  ['is not listed yet', [], 'document-not-listed'],
  ['is being verified', [{ uuid: 'd', status: 'VERIFYING' }], 'document-not-verified'],
])('while a document %s the event is waiting, and the poller looks again', async (_, docs, reason) => {
  says(...docs);
  expect(await announce({ uploadedDocUuid: 'd' })).toEqual(['message-0']);
  await announce({ uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason }]);
  const { dueAt = '' } = (await stage.reader.book('b')) ?? {};
  expect(Date.parse(dueAt) - stage.clock.now()).toBeLessThanOrEqual(300_000);
});

test('a PDF that was split has a status and nothing to fetch', async () => {
  const mixed = { mixed_docs: [{ uuid: 'm', status: 'VERIFICATION_COMPLETE' }] };
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', [], mixed));
  expect(await announce({ mixedDocUuid: 'm' })).toEqual([]);
  expect(operations()).toEqual(['book-status']);
  expect(await stage.reader.documents('b')).toMatchObject([{ docUuid: 'm', mixed: true }]);
  expect(await missing()).toEqual([]);
});

test('a document that returns to work, and is verified again, is fetched again', async () => {
  says(VERIFIED);
  saysCaptured(stage.ocrolus, 'b', 'd');
  await announce({ uploadedDocUuid: 'd' });
  stage.clock.advance(3600);
  says({ uuid: 'd', status: 'VERIFYING' });
  await announce({ uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await captured()).toEqual([]);
  expect(await readDocument(stage.table, 'b', 'd')).toMatchObject({ status: 'VERIFYING', version: 2 });
  stage.clock.advance(3600);
  says(VERIFIED);
  stage.ocrolus.says(calls.documentForms('d'), { body: { response: { forms: [{ form_type: 'W2' }] } } });
  await announce({ uploadedDocUuid: 'd' });
  expect(await captured()).toEqual(['d']);
  expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toContain('W2');
});

test.each([
  ['rejected', { uuid: 'd', status: 'REJECTED' }, 'REJECTED'],
  ['deleted', { uuid: 'd', status: 'DELETED' }, 'DELETED'],
])(
  'a document that was verified and is %s then is written as it is, and lacks nothing',
  async (_, doc, status) => {
    says(VERIFIED);
    stage.ocrolus.says(calls.documentForms('d'), error(403, 1203));
    stage.ocrolus.says(calls.documentTransactions('b', 'd'), error(403, 1203));
    await announce({ uploadedDocUuid: 'd' });
    stage.clock.advance(3600);
    says(doc);
    await announce({ uploadedDocUuid: 'd' });
    expect(await stage.reader.documents('b')).toMatchObject([{ status }]);
    expect(await missing()).toEqual([]);
  },
);

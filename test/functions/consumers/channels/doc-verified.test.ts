import { beforeEach, describe, expect, test } from 'vitest';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, error, type ScriptedDocument, saysCaptured, TOO_EARLY } from '../testing/answers.ts';
import { createHarness, type Harness, type Receiving, receive } from '../testing/harness.ts';
import { capturedDocuments } from '../testing/stored.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
});

const says = (...docs: ScriptedDocument[]) =>
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
const deliver = (ids: EventIds, receiving: Receiving = {}) => {
  const receivedAt = harness.clock.iso();
  return receive(harness, [delivery('DOC_VERIFIED', { bookUuid: 'b', ...ids }, { receivedAt })], receiving);
};
const operations = () => harness.ocrolus.asked.map(({ operation }) => operation);
const missing = async () =>
  (await harness.reader.missing('b')).map(({ kind, state, code }) => `${kind} ${state} ${code}`);
const captured = () => capturedDocuments(harness.table, 'b');
const VERIFIED: ScriptedDocument = { uuid: 'd', status: 'VERIFICATION_COMPLETE' };

test('a verified document has its forms and transactions fetched', async () => {
  says({ ...VERIFIED, pk: 5 });
  saysCaptured(harness.ocrolus, 'b', 'd');
  expect(await deliver({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(await harness.reader.results('b')).toMatchObject([
    { kind: 'forms', subject: 'd' },
    { kind: 'transactions', subject: 'd' },
  ]);
  expect(await harness.reader.documents('b')).toMatchObject([
    { docPk: '5', status: 'VERIFICATION_COMPLETE' },
  ]);
  expect(await captured()).toEqual(['d']);
  expect(await harness.reader.book('b')).toMatchObject({
    status: 'VERIFYING',
    documents: { VERIFICATION_COMPLETE: 1 },
    complete: false,
  });
});

test('of a rejected one nothing is fetched, and the reason is kept, but not logged', async () => {
  const rejection_reason_description = 'The scan is too dark to read.';
  const rejection_reason = 'DOCUMENT IS UNREADABLE';
  says({ uuid: 'd', status: 'REJECTED', rejection_reason, rejection_reason_description });
  expect(await deliver({ uploadedDocUuid: 'd' })).toEqual([]);
  expect(operations()).toEqual(['book-status']);
  expect(await harness.reader.documents('b')).toMatchObject([
    {
      status: 'REJECTED',
      rejectionReason: rejection_reason,
      rejectionReasonDescription: rejection_reason_description,
    },
  ]);
  expect(await harness.reader.events('b')).toMatchObject([
    { outcome: 'applied', reason: 'DOCUMENT IS UNREADABLE' },
  ]);
  expect(harness.lines.join('\n')).not.toMatch(/UNREADABLE|too dark/);
});

test('what Book status says counts, not what the event says', async () => {
  says({ uuid: 'd', status: 'REJECTED' });
  const claimed = delivery(
    'DOC_VERIFIED',
    { bookUuid: 'b', uploadedDocUuid: 'd' },
    { status: 'VERIFICATION_COMPLETE' },
  );
  await receive(harness, [claimed]);
  expect(operations()).toEqual(['book-status']);
});

test('the same event again changes nothing but the time of the last answer', async () => {
  says(VERIFIED);
  saysCaptured(harness.ocrolus, 'b', 'd');
  await deliver({ uploadedDocUuid: 'd' });
  const before = await harness.reader.results('b');
  harness.clock.advance(60);
  await deliver({ uploadedDocUuid: 'd' });
  expect((await harness.reader.events('b')).map(({ outcome }) => outcome)).toEqual(['applied', 'unchanged']);
  const after = await harness.reader.results('b');
  const renewed = { fetchedAt: expect.any(String), answered: expect.any(Number) };
  expect(after).toEqual(before.map((result) => ({ ...result, ...renewed })));
  expect(harness.ocrolus.count('doc-form-data')).toBe(2);
});

test.each<[string, EventIds]>([
  ['its other uuid', { docUuid: 'd' }],
  ['its pk', { uploadedDocPk: '5' }],
  ['its pk, beside a uuid that Book status does not know', { docUuid: 'x', uploadedDocPk: '5' }],
])('the document is found by %s', async (_, ids) => {
  says({ uuid: 'c', pk: 4, status: 'REJECTED' }, { ...VERIFIED, pk: 5 });
  saysCaptured(harness.ocrolus, 'b', 'd');
  if (ids.docUuid === 'x') harness.ocrolus.says(calls.documentForms('x'), error(404, 1501));
  await deliver(ids);
  expect(await captured()).toEqual(['d']);
});

test('forms that are filed under the other uuid of the document are found there', async () => {
  says(VERIFIED);
  saysCaptured(harness.ocrolus, 'b', 'd');
  harness.ocrolus.says(calls.documentForms('other'), {
    body: { response: { forms: [{ form_type: 'W2' }] } },
  });
  await deliver({ uploadedDocUuid: 'd', docUuid: 'other' });
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('W2');
});

test('forms that are not filed under the other uuid are found under the uuid of the upload', async () => {
  says(VERIFIED);
  saysCaptured(harness.ocrolus, 'b', 'd');
  harness.ocrolus.says(calls.documentForms('other'), error(404, 1501));
  await deliver({ uploadedDocUuid: 'd', docUuid: 'other' });
  expect(await captured()).toEqual(['d']);
});

describe('forms that Ocrolus does not know by any uuid of the document', () => {
  const NOT_FOUND = error(400, 1501);
  const byPk = { body: { response: { pk: 5, forms: [{ form_type: 'W2' }] } } };
  beforeEach(() => {
    saysCaptured(harness.ocrolus, 'b', 'd');
    harness.ocrolus.says(calls.documentForms('d'), NOT_FOUND);
    harness.ocrolus.says(calls.documentFormsByPk('5'), byPk);
  });

  test('are asked for by its pk', async () => {
    says({ ...VERIFIED, pk: 5 });
    harness.ocrolus.says(calls.documentForms('other'), NOT_FOUND);
    await deliver({ uploadedDocUuid: 'd', docUuid: 'other' });
    expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('W2');
  });

  test('are missing where it has no pk', async () => {
    says(VERIFIED);
    await deliver({ uploadedDocUuid: 'd' });
    expect(await missing()).toEqual(['forms pending 1501']);
  });

  test('are missing with the first code where the pk is not known either', async () => {
    says({ ...VERIFIED, pk: 5 });
    harness.ocrolus.says(calls.documentFormsByPk('5'), error(400, 1103));
    await deliver({ uploadedDocUuid: 'd' });
    expect(await missing()).toEqual(['forms pending 1501']);
  });

  test('are missing with the code of the contract where the account has no forms', async () => {
    says({ ...VERIFIED, pk: 5 });
    harness.ocrolus.says(calls.documentFormsByPk('5'), error(403, 2102));
    await deliver({ uploadedDocUuid: 'd' });
    expect(await missing()).toEqual(['forms pending 2102']);
  });

  test('are not asked for by it where the refusal is another', async () => {
    says({ ...VERIFIED, pk: 5 });
    harness.ocrolus.says(calls.documentForms('d'), error(400, 2104));
    await deliver({ uploadedDocUuid: 'd' });
    expect(await missing()).toEqual(['forms pending 2104']);
    expect(harness.ocrolus.count('doc-form-data')).toBe(1);
  });
});

test('a document without transactions is stored without them, and they stay missing', async () => {
  says(VERIFIED);
  saysCaptured(harness.ocrolus, 'b', 'd');
  harness.ocrolus.says(calls.documentTransactions('b', 'd'), error(404, 1402));
  expect(await deliver({ uploadedDocUuid: 'd' }, { attempts: 3 })).toEqual([]);
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1402' }]);
  expect(await harness.reader.results('b')).toMatchObject([{ kind: 'forms', subject: 'd' }]);
  expect(await missing()).toEqual(['transactions pending 1402']);
});

test('a document of which Ocrolus gives nothing at all is asked for again', async () => {
  says(VERIFIED);
  harness.ocrolus.says(calls.documentForms('d'), error(403, 1203));
  harness.ocrolus.says(calls.documentTransactions('b', 'd'), error(403, 1203));
  expect(await deliver({ uploadedDocUuid: 'd' }, { attempts: 3 })).toEqual([]);
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1203' }]);
  expect(await missing()).toEqual(['forms pending 1203', 'transactions pending 1203']);
  expect(await harness.reader.book('b')).toMatchObject({ dueAt: expect.any(String) });
});

test('forms that are not ready yet do not hold up the transactions', async () => {
  says(VERIFIED);
  saysCaptured(harness.ocrolus, 'b', 'd');
  harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  await deliver({ uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await harness.reader.results('b')).toMatchObject([{ kind: 'transactions', subject: 'd' }]);
  expect(await captured()).toEqual([]);
  expect(await missing()).toEqual(['forms pending 1404']);
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1404' }]);
});

test.each([
  ['is not listed yet', [], 'document-not-listed'],
  ['is being verified', [{ uuid: 'd', status: 'VERIFYING' }], 'document-not-verified'],
])('while a document %s, the event is waiting, and the poller polls again', async (_, docs, reason) => {
  says(...docs);
  expect(await deliver({ uploadedDocUuid: 'd' })).toEqual(['message-0']);
  await deliver({ uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason }]);
  const { dueAt = '' } = (await harness.reader.book('b')) ?? {};
  expect(Date.parse(dueAt) - harness.clock.now()).toBeLessThanOrEqual(300_000);
});

test('a PDF that was split has a status and nothing to fetch', async () => {
  const mixed = { mixed_docs: [{ uuid: 'm', status: 'VERIFICATION_COMPLETE' }] };
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', [], mixed));
  expect(await deliver({ mixedDocUuid: 'm' })).toEqual([]);
  expect(operations()).toEqual(['book-status']);
  expect(await harness.reader.documents('b')).toMatchObject([{ docUuid: 'm', mixed: true }]);
  expect(await missing()).toEqual([]);
});

test('a document that is processed and verified again is fetched again', async () => {
  says(VERIFIED);
  saysCaptured(harness.ocrolus, 'b', 'd');
  await deliver({ uploadedDocUuid: 'd' });
  harness.clock.advance(3600);
  says({ uuid: 'd', status: 'VERIFYING' });
  await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  expect(await captured()).toEqual([]);
  harness.clock.advance(3600);
  says(VERIFIED);
  harness.ocrolus.says(calls.documentForms('d'), { body: { response: { forms: [{ form_type: 'W2' }] } } });
  await deliver({ uploadedDocUuid: 'd' });
  expect(await captured()).toEqual(['d']);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('W2');
});

test.each([
  ['rejected', { uuid: 'd', status: 'REJECTED' }, 'REJECTED'],
  ['deleted', { uuid: 'd', status: 'DELETED' }, 'DELETED'],
])(
  'a document that was verified and is then %s is written as it is, and has nothing missing',
  async (_, doc, status) => {
    says(VERIFIED);
    harness.ocrolus.says(calls.documentForms('d'), error(403, 1203));
    harness.ocrolus.says(calls.documentTransactions('b', 'd'), error(403, 1203));
    await deliver({ uploadedDocUuid: 'd' });
    harness.clock.advance(3600);
    says(doc);
    await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
    expect(await harness.reader.documents('b')).toMatchObject([{ status }]);
    expect(await missing()).toEqual([]);
  },
);

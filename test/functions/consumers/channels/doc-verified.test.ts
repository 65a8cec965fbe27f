import { beforeEach, describe, expect, test } from 'vitest';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document, error, type ScriptedDocument, TOO_EARLY } from '../testing/answers.ts';
import type { Receiving } from '../testing/harness.ts';
import type { ScriptedReply } from '../testing/ocrolus.ts';

const book = useBook();

const D = { uploadedDocUuid: 'd' };
const BOTH = { uploadedDocUuid: 'd', docUuid: 'other' };
const VERIFIED = document('d');
const WITH_PK = { ...VERIFIED, pk: 5 };
const W2 = { body: { response: { forms: [{ form_type: 'W2' }] } } };

const says = (...docs: readonly ScriptedDocument[]) => book.says('VERIFYING', docs);
beforeEach(() => says(VERIFIED));
const deliver = (ids: EventIds = D, receiving: Receiving = {}) =>
  book.deliver('DOC_VERIFIED', ids, receiving);
const operations = () => book.ocrolus.asked.map(({ operation }) => operation);
const missing = async () => (await book.reader.missing('b')).map(({ kind, code }) => `${kind} ${code}`);

test('of a rejected document nothing is fetched, whatever the event says, and the reason is kept, but not logged', async () => {
  const rejection_reason_description = 'The scan is too dark to read.';
  const rejection_reason = 'DOCUMENT IS UNREADABLE';
  says({ ...document('d', 'REJECTED'), rejection_reason, rejection_reason_description });
  const claimed = book.event('DOC_VERIFIED', D, { status: 'VERIFICATION_COMPLETE' });
  expect(await book.receive([claimed])).toEqual([]);
  expect(operations()).toEqual(['book-status']);
  expect(await book.document('d')).toMatchObject({
    status: 'REJECTED',
    rejectionReason: rejection_reason,
    rejectionReasonDescription: rejection_reason_description,
  });
  expect(await book.ledger()).toMatchObject([{ outcome: 'applied', reason: 'DOCUMENT IS UNREADABLE' }]);
  expect(book.consumers.lines.join('\n')).not.toMatch(/UNREADABLE|too dark/);
});

test('the same event again changes nothing but the time of the last answer', async () => {
  await deliver();
  const before = await book.reader.results('b');
  book.clock.advance(60);
  await deliver();
  expect((await book.ledger()).map(({ outcome }) => outcome)).toEqual(['applied', 'unchanged']);
  const renewed = { fetchedAt: expect.any(String), answered: expect.any(Number) };
  expect(await book.reader.results('b')).toEqual(before.map((result) => ({ ...result, ...renewed })));
  expect(book.ocrolus.count('doc-form-data')).toBe(2);
});

test.each<[string, EventIds]>([
  ['its other uuid', { docUuid: 'd' }],
  ['its pk', { uploadedDocPk: '5' }],
  ['its pk, beside a uuid that Book status does not know', { docUuid: 'x', uploadedDocPk: '5' }],
])('the document is found by %s', async (_, ids) => {
  says({ ...document('c', 'REJECTED'), pk: 4 }, WITH_PK);
  book.answers(calls.documentForms('x'), error(404, 1501));
  await deliver(ids);
  expect(await book.captured()).toEqual(['d']);
});

describe('forms are found', () => {
  const NOT_FOUND = error(400, 1501);
  test.each<[string, EventIds, ScriptedDocument, Readonly<Record<'d' | 'other' | 'pk', ScriptedReply>>]>([
    ['under the other uuid', BOTH, VERIFIED, { d: { body: {} }, other: W2, pk: NOT_FOUND }],
    ['under that of the upload', BOTH, VERIFIED, { d: W2, other: NOT_FOUND, pk: NOT_FOUND }],
    ['by the pk', BOTH, WITH_PK, { d: NOT_FOUND, other: NOT_FOUND, pk: W2 }],
  ])('%s of their document', async (_, ids, shown, replies) => {
    says(shown);
    book.answers(calls.documentForms('d'), replies.d);
    book.answers(calls.documentForms('other'), replies.other);
    book.answers(calls.documentFormsByPk('5'), replies.pk);
    await deliver(ids);
    expect(await book.body('forms', 'd')).toContain('W2');
  });

  test.each<[string, ScriptedDocument, [byUuid: ScriptedReply, byPk: ScriptedReply], string]>([
    ['if it has no pk', VERIFIED, [NOT_FOUND, W2], '1501'],
    ['if its pk is not known either: the first code', WITH_PK, [NOT_FOUND, error(400, 1103)], '1501'],
    ['if the account has no forms: the code of the contract', WITH_PK, [NOT_FOUND, error(403, 2102)], '2102'],
    ['by the pk if the refusal is another', WITH_PK, [error(400, 2104), W2], '2104'],
  ])('not %s', async (_, shown, [byUuid, byPk], code) => {
    says(shown);
    book.answers(calls.documentForms('d'), byUuid);
    book.answers(calls.documentFormsByPk('5'), byPk);
    await deliver();
    expect(await missing()).toEqual([`forms ${code}`]);
    expect(book.ocrolus.count('doc-form-data')).toBe(byUuid === NOT_FOUND && shown === WITH_PK ? 2 : 1);
  });
});

const FORMS = calls.documentForms('d');
const TRANSACTIONS = calls.documentTransactions('b', 'd');
test.each([
  { what: 'has no transactions', refused: [TRANSACTIONS], reply: error(404, 1402), stored: ['forms d'] },
  { what: 'has nothing at all', refused: [FORMS, TRANSACTIONS], reply: error(403, 1203), stored: [] },
  { what: 'has no forms yet', refused: [FORMS], reply: TOO_EARLY, stored: ['transactions d'] },
])('of a document that $what, the rest is stored', async ({ refused, reply, stored }) => {
  for (const call of refused) book.answers(call, reply);
  expect(await deliver(D, { attempts: 3 })).toEqual([]);
  expect(await book.stored()).toEqual(stored);
  expect(await book.captured()).toEqual([]);
  expect(await missing()).toHaveLength(refused.length);
  expect(await book.ledger()).toMatchObject([{ outcome: 'waiting' }]);
  expect(await book.shown()).toMatchObject({ dueAt: expect.any(String) });
});

test.each([
  ['is not listed yet', [], 'document-not-listed'],
  ['is being verified', [document('d', 'VERIFYING')], 'document-not-verified'],
])('while a document %s, the event is waiting, and the poller polls again', async (_, docs, reason) => {
  says(...docs);
  expect(await deliver()).toEqual(['message-0']);
  await deliver(D, { attempts: 3 });
  expect(await book.ledger()).toMatchObject([{ outcome: 'waiting', reason }]);
  expect(await book.untilDue()).toBeLessThanOrEqual(300);
});

test.each([
  ['DOC_VERIFIED', { mixedDocUuid: 'm' }],
  ['IMAGE_GROUP_VERIFIED', { imageGroupPk: '9' }],
])('a PDF that was split has a status and nothing to fetch: %s', async (eventName, ids) => {
  book.says('VERIFYING', [], { mixed_docs: [{ ...document('m'), image_group_pk: 9 }] });
  expect(await book.deliver(eventName, ids)).toEqual([]);
  expect(operations()).toEqual(['book-status']);
  expect(await book.document('m')).toMatchObject({ mixed: true, status: 'VERIFICATION_COMPLETE' });
  expect(await missing()).toEqual([]);
});

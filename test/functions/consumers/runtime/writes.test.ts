import { beforeEach, describe, expect, test } from 'vitest';
import { EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { useTables } from '../../../shared/store/testing/table.ts';
import { bookStatus, saysCaptured, signals } from '../testing/answers.ts';
import { saysAnalytics } from '../testing/complete-book.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
import { type RecordedTable, recordWrites } from '../testing/recorded-table.ts';

const createTable = useTables();
let table: RecordedTable;
let harness: Harness;
beforeEach(async () => {
  table = recordWrites(await createTable());
  harness = createHarness(table);
  saysAnalytics(harness.ocrolus);
  for (const docUuid of ['d', 'e']) {
    saysCaptured(harness.ocrolus, 'b', docUuid);
    harness.ocrolus.says(calls.documentSignals(docUuid), signals('b', { [docUuid]: 'COMPLETED' }));
  }
  const bodies = [
    calls.bookSignals('b'),
    calls.incomeCalculations('b'),
    calls.incomeSummary('b'),
    calls.classificationSummary('b'),
    calls.suspiciousActivityFlags('b'),
    calls.analytics({ bookUuid: 'b' }),
    calls.business('b', 'biz'),
  ];
  for (const call of bodies) harness.ocrolus.says(call, { body: { response: {} } });
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'COMPLETED' }));
  const requested = { response: { r: { analytics_status: 'COMPLETED', analytics: {} } } };
  harness.ocrolus.says(calls.asyncAnalyticsResult('r'), { body: requested });
});

/** Two documents, of which the first has a status of its own; in one image group. */
const says = (status: string, first: string, second = first) => {
  const docs = [
    { uuid: 'd', status: first, image_group_pk: 9 },
    { uuid: 'e', status: second, image_group_pk: 8 },
  ];
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs));
};
const deliver = async (eventName: string, ids: EventIds = {}, body?: unknown): Promise<string[]> => {
  harness.clock.advance(60);
  const payload = { encoding: 'utf8', body: JSON.stringify(body) } as const;
  const more = { receivedAt: harness.clock.iso(), ...(body !== undefined && { payload }) };
  table.written.splice(0);
  expect(await receive(harness, [delivery(eventName, { bookUuid: 'b', ...ids }, more)])).toEqual([]);
  return table.written.map((item) => item.replace(/^EVENT#.*/, 'EVENT'));
};
const ofDocument: EventIds = { uploadedDocUuid: 'd' };
const refresh = () => receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);

describe('an active book, whose documents are stored', () => {
  beforeEach(async () => {
    says('VERIFYING', 'VERIFYING');
    await refresh();
  });

  const FORMS = ['DOC#d', 'RESULT#forms#d', 'RESULT#transactions#d', 'DOC#d', 'EVENT'];
  const SIGNALS = ['DOC#d', 'RESULT#signals#d', 'DOC#d', 'EVENT'];
  test.each<[string, EventIds, string[]]>([
    ['DOC_VERIFIED', ofDocument, FORMS],
    ['document.verification_succeeded', ofDocument, FORMS],
    ['IMAGE_GROUP_VERIFIED', { imageGroupPk: '9' }, FORMS],
    ['ANALYTICS_COMPLETED', { analyticsRequestId: 'r' }, ['BOOK', 'RESULT#analytics#r', 'BOOK', 'EVENT']],
    ['MIDDESK_VERIFIED', { businessUuid: 'biz' }, ['BOOK', 'RESULT#business#biz', 'BOOK', 'EVENT']],
    ['SUSPICIOUS_ACTIVITY', {}, ['BOOK', 'RESULT#suspicious-activity#b', 'BOOK', 'EVENT']],
    ['document.detect.signal_found', ofDocument, SIGNALS],
    ['document.detect.unable_to_process', ofDocument, SIGNALS],
    ['book.classified', {}, ['BOOK', 'RESULT#classification#b', 'BOOK', 'EVENT']],
    ['book.income.generated', {}, ['BOOK', 'RESULT#income#b', 'RESULT#income#b@summary', 'BOOK', 'EVENT']],
    [
      'book.analytics_v2.generated',
      {},
      ['BOOK', 'RESULT#summary#b', 'RESULT#cash-flow#b', 'RESULT#enriched-transactions#b', 'BOOK', 'EVENT'],
    ],
    ['book.detect.signal_found', {}, ['BOOK', 'RESULT#signals#b', 'DOC#d', 'DOC#e', 'BOOK', 'EVENT']],
    ['network.book.funded', {}, ['EVENT']],
    ['book.sings', {}, ['EVENT']],
  ])('%s: a mark, each result once, the answers, the ledger', async (eventName, ids, expected) => {
    if (expected.includes('RESULT#forms#d')) says('VERIFYING', 'VERIFICATION_COMPLETE', 'VERIFYING');
    const written = await deliver(eventName, ids);
    expect(written.toSorted()).toEqual(expected.toSorted());
    expect(written.at(-1)).toBe('EVENT');
  });

  test('a document that is rejected: the document, the ledger', async () => {
    says('VERIFYING', 'REJECTED', 'VERIFYING');
    expect(await deliver('DOC_VERIFIED', ofDocument)).toEqual(['DOC#d', 'EVENT']);
  });

  test('an upload: the document, the ledger', async () => {
    const docs = ['d', 'e', 'new'].map((uuid) => ({ uuid, status: 'VERIFYING' }));
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
    const written = await deliver('document.upload_succeeded', { uploadedDocUuid: 'new' });
    expect(written).toEqual(['DOC#new', 'EVENT']);
  });

  test('an upload that finds nothing new: the ledger', async () => {
    expect(await deliver('document.upload_succeeded', ofDocument)).toEqual(['EVENT']);
  });
});

test('BOOK_VERIFIED after its documents: the book as observed and as settled, the pay stubs, the ledger', async () => {
  says('VERIFYING', 'VERIFICATION_COMPLETE');
  await refresh();
  for (const docUuid of ['d', 'e']) await deliver('DOC_VERIFIED', { uploadedDocUuid: docUuid });
  says('VERIFIED', 'VERIFICATION_COMPLETE');
  expect(await deliver('BOOK_VERIFIED')).toEqual(['BOOK', 'RESULT#paystubs#b', 'BOOK', 'EVENT']);
});

test('book.completed after everything: the book as observed and as settled, the ledger', async () => {
  says('VERIFIED', 'VERIFICATION_COMPLETE');
  for (const event of [
    'BOOK_VERIFIED',
    'book.analytics_v2.generated',
    'book.detect.signal_found',
    'book.income.generated',
  ])
    await deliver(event);
  const tasks = ['CAPTURE', 'ANALYTICS', 'DETECT', 'INCOME'];
  expect(await deliver('book.completed', {}, { tasks })).toEqual(['BOOK', 'BOOK', 'EVENT']);
});

describe('the first event of a book', () => {
  test.each<[string, EventIds, number]>([
    ['document.upload_succeeded', ofDocument, 5],
    ['document.detect.signal_found', ofDocument, 7],
    ['SUSPICIOUS_ACTIVITY', {}, 6],
    ['DOC_VERIFIED', ofDocument, 8],
  ])('%s writes the book twice, each of the documents, and what it names', async (eventName, ids, most) => {
    says('VERIFYING', 'VERIFICATION_COMPLETE', 'VERIFYING');
    expect((await deliver(eventName, ids)).length).toBeLessThanOrEqual(most);
  });
});

test('every event that is known is processed in at most three writes besides its results and documents', async () => {
  says('VERIFYING', 'VERIFICATION_COMPLETE');
  await refresh();
  for (const eventName of EVENT_NAMES) {
    const ids = { ...ofDocument, imageGroupPk: '9', businessUuid: 'biz' };
    harness.clock.advance(60);
    const receivedAt = harness.clock.iso();
    table.written.splice(0);
    await receive(harness, [delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt })], { attempts: 3 });
    const others = table.written.filter((item) => !/^(RESULT|DOC)#/.test(item));
    expect([eventName, others.length <= 3]).toEqual([eventName, true]);
  }
});

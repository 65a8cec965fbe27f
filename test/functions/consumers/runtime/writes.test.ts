import { beforeEach, describe, expect, test } from 'vitest';
import { EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document } from '../testing/answers.ts';

const book = useBook();

/** Sort keys of what was written. */
let written: string[];
beforeEach(() => {
  written = [];
  book.beforeWrite = (item) => void written.push(item);
  book.saysEverything('d', 'e');
  const bodies = [
    calls.incomeCalculations('b'),
    calls.incomeSummary('b'),
    calls.classificationSummary('b'),
    calls.suspiciousActivityFlags('b'),
    calls.analytics({ bookUuid: 'b' }),
    calls.business('b', 'biz'),
  ];
  for (const call of bodies) book.answers(call, { body: { response: {} } });
  const requested = { response: { r: { analytics_status: 'COMPLETED', analytics: {} } } };
  book.answers(calls.asyncAnalyticsResult('r'), { body: requested });
});

/** Two documents, of which the first has a status of its own; in one image group. */
const says = (status: string, first: string, second = first) =>
  book.says(status, [
    { ...document('d', first), image_group_pk: 9 },
    { ...document('e', second), image_group_pk: 8 },
  ]);
const deliver = async (eventName: string, ids: EventIds = {}, body?: unknown): Promise<string[]> => {
  book.clock.advance(60);
  const payload = { encoding: 'utf8', body: JSON.stringify(body) } as const;
  written.splice(0);
  const event = book.event(eventName, ids, body === undefined ? {} : { payload });
  expect(await book.receive([event])).toEqual([]);
  return written.map((item) => item.replace(/^EVENT#.*/, 'EVENT'));
};
const ofDocument: EventIds = { uploadedDocUuid: 'd' };
const refresh = () => book.deliver('document.upload_succeeded');

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
    ['document.detect.signal_not_found', ofDocument, SIGNALS],
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
    const items = await deliver(eventName, ids);
    expect(items.toSorted()).toEqual(expected.toSorted());
    expect(items.at(-1)).toBe('EVENT');
  });

  test('a document that is rejected: the document, the ledger', async () => {
    says('VERIFYING', 'REJECTED', 'VERIFYING');
    expect(await deliver('DOC_VERIFIED', ofDocument)).toEqual(['DOC#d', 'EVENT']);
  });

  test('an upload: the document, the ledger', async () => {
    book.says(
      'VERIFYING',
      ['d', 'e', 'new'].map((uuid) => document(uuid, 'VERIFYING')),
    );
    const items = await deliver('document.upload_succeeded', { uploadedDocUuid: 'new' });
    expect(items).toEqual(['DOC#new', 'EVENT']);
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
  // Nothing is new, and nothing that is stored is asked for.
  expect(await deliver('BOOK_VERIFIED')).toEqual(['EVENT']);
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

test.each<[string, EventIds, number]>([
  ['document.upload_succeeded', ofDocument, 6],
  ['document.detect.signal_found', ofDocument, 8],
  ['SUSPICIOUS_ACTIVITY', {}, 7],
  ['DOC_VERIFIED', ofDocument, 9],
])(
  'the first event of a book writes it twice, what it names, and the hour in the index of the ledger: %s',
  async (eventName, ids, most) => {
    says('VERIFYING', 'VERIFICATION_COMPLETE', 'VERIFYING');
    expect((await deliver(eventName, ids)).length).toBeLessThanOrEqual(most);
  },
);

test('every event that is known is processed in at most three writes besides its results and documents', async () => {
  says('VERIFYING', 'VERIFICATION_COMPLETE');
  await refresh();
  for (const eventName of EVENT_NAMES) {
    const ids = { ...ofDocument, imageGroupPk: '9', businessUuid: 'biz' };
    book.clock.advance(60);
    written.splice(0);
    await book.deliver(eventName, ids, { attempts: 3 });
    const others = written.filter((item) => !/^(RESULT|DOC)#/.test(item));
    expect([eventName, others.length <= 3]).toEqual([eventName, true]);
  }
});

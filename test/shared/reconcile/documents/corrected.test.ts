import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document, error, saysAnalytics, TOO_EARLY } from '../../../functions/consumers/testing/answers.ts';
import { targetOf } from '../../../functions/consumers/testing/ocrolus.ts';
import { GRACE } from '../../store/testing/observations.ts';
import { useBook } from '../testing/book.ts';

/*
 * A document of a book whose capture has ended is corrected in place: Book status shows nothing of it. What Ocrolus computes
 * from it is marked before its new body is stored: stored first, the mark would be lost with the function.
 */

const book = useBook();

const DERIVED = ['cash-flow', 'enriched-transactions', 'paystubs', 'summary'] as const;
/** More than are asked about at the same time. */
const MANY = ['d', 'e', 'f', 'g', 'h'];
const LISTED = MANY.map((uuid) => document(uuid));
const STATUS = calls.bookStatus({ bookUuid: 'b' });

const saysForms = (docUuid: string, form: string) =>
  book.answers(calls.documentForms(docUuid), { body: { response: { forms: [form] } } });
const corrects = () => {
  saysForms('d', 'corrected');
  book.answers(calls.documentTransactions('b', 'd'), { body: { response: { txns: ['corrected'] } } });
  book.answers(calls.bookPayStubs('b'), { body: { response: [{ doc_uuid: 'corrected' }] } });
  saysAnalytics(book.ocrolus, 'b', 2);
  book.ocrolus.asked.length = 0;
};
const openKinds = async () =>
  Object.entries((await book.item())?.entries ?? {})
    .flatMap(([kind, { wanted, answered }]) => (answered < wanted ? [kind] : []))
    .sort();
const expectCorrected = async () => {
  expect(await book.shown()).toMatchObject({ complete: true, open: [] });
  for (const kind of ['forms', 'transactions'] as const)
    expect(await book.body(kind, 'd')).toContain('corrected');
  expect(await book.body('paystubs')).toContain('corrected');
  for (const kind of ['summary', 'cash-flow', 'enriched-transactions'] as const)
    expect(await book.body(kind)).toContain('2');
};
/** Operations but for the results of documents. */
const othersAsked = () =>
  book.ocrolus.asked
    .map(({ operation }) => operation)
    .filter((operation) => operation !== 'doc-form-data' && operation !== 'transactions')
    .sort();

describe('of a complete book', () => {
  beforeEach(async () => {
    book.saysEverything(...MANY);
    for (const uploadedDocUuid of MANY) await book.deliver('DOC_VERIFIED', { uploadedDocUuid });
    await book.complete(4);
    corrects();
  });

  test.each([
    ['the events of the document and of its book', ['DOC_VERIFIED', 'BOOK_VERIFIED']],
    ['the same, the other way round', ['BOOK_VERIFIED', 'DOC_VERIFIED']],
    ['only the event of the document', ['DOC_VERIFIED']],
    ['only the event of the book', ['BOOK_VERIFIED']],
    ['both names of the event of the book', ['BOOK_VERIFIED', 'book.verified']],
  ])('a correction is stored within an hour, with what is derived from it: %s', async (_, events) => {
    for (const eventName of events) {
      const ids = eventName === 'DOC_VERIFIED' ? { uploadedDocUuid: 'd' } : {};
      expect(await book.deliver(eventName, ids)).toEqual([]);
      book.clock.advance(2);
    }
    await book.liveHours(1);
    await expectCorrected();
  });

  test('a correction has the derived results marked when its body is stored, asked for after the grace time, and costs five calls beside those for the document', async () => {
    let marked: string[] = [];
    book.beforeWrite = async (item) => {
      if (item === 'RESULT#forms#d') marked = await openKinds();
    };
    expect(await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' })).toEqual([]);
    expect(marked).toEqual(DERIVED);
    const { entries, complete, open } = (await book.item()) ?? {};
    expect({ complete, open }).toEqual({ complete: false, open: DERIVED });
    const nextAt = new Date(book.clock.now() + GRACE * 1000).toISOString().slice(0, 18);
    for (const kind of DERIVED) expect(entries?.[kind]?.nextAt?.slice(0, 18)).toBe(nextAt);
    expect(await book.untilDue()).toBeLessThanOrEqual(GRACE);
    expect(othersAsked()).toEqual([]);
    book.clock.advance(700);
    await book.look();
    await expectCorrected();
    expect(othersAsked()).toEqual([
      'Book-summary',
      'book-paystub-data',
      'book-status',
      'cash-flow-features',
      'enriched-transactions',
    ]);
    expect(book.ocrolus.count('doc-form-data')).toBe(1);
  });

  test.each([
    ['what is derived from it cannot be marked, and its message is received again', 'BOOK', []],
    ['its body is not stored after that was marked, and its message is lost', 'RESULT#forms#d', DERIVED],
  ])('a correction is not lost if %s', async (_, dies, open) => {
    let isDead = false;
    book.beforeWrite = (item) => {
      isDead ||= item === dies;
      if (isDead) throw new Error('killed');
    };
    expect(await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' })).toEqual(['message-0']);
    book.beforeWrite = () => {};
    expect(await book.body('forms', 'd')).not.toContain('corrected');
    expect(await openKinds()).toEqual(open);
    if (open.length === 0)
      expect(await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts: 2 })).toEqual([]);
    await book.live(2);
    await expectCorrected();
  });

  test('a document that is verified again without a change marks nothing', async () => {
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'e' });
    expect(await openKinds()).toEqual([]);
    await book.liveHours(2);
    expect(othersAsked().filter((operation) => operation !== 'book-status')).toEqual([]);
  });

  test('while capture goes on, a correction marks nothing: everything is asked for at its end', async () => {
    book.says('VERIFYING', LISTED);
    await book.look('now');
    expect(await book.item()).toMatchObject({ generation: 2, open: [] });
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
    expect(await book.body('forms', 'd')).toContain('corrected');
    expect(await openKinds()).toEqual([]);
  });

  test('each corrected document is a mark; what they mark together is asked for once', async () => {
    for (const docUuid of MANY) saysForms(docUuid, 'corrected');
    const marks = new Set<number | undefined>();
    const times = new Set<string | undefined>();
    book.beforeWrite = async (item) => {
      if (!item.startsWith('RESULT#forms')) return;
      const { wanted, nextAt } = (await book.item())?.entries.summary ?? {};
      marks.add(wanted);
      times.add(nextAt);
    };
    await book.receive(MANY.map((uploadedDocUuid) => book.event('DOC_VERIFIED', { uploadedDocUuid })));
    expect(marks.size).toBeGreaterThan(1);
    expect(times.size).toBe(1);
    // A result that is asked for a moment later may be computed from less.
    book.clock.advance(GRACE / 2);
    saysForms('d', 'corrected again');
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
    expect(times.size).toBe(2);
  });

  test('a document that is corrected while others are stored has a mark of its own: the result may be asked for in between', async () => {
    book.during(targetOf(calls.documentForms('h')), async () => {
      await book.deliver('book.analytics_v2.generated');
      expect(await openKinds()).not.toContain('summary');
      saysForms('h', 'corrected later');
    });
    await book.receive(MANY.map((uploadedDocUuid) => book.event('DOC_VERIFIED', { uploadedDocUuid })));
    expect(await book.body('forms', 'h')).toContain('corrected later');
    expect(await openKinds()).toContain('summary');
  });

  test.each([
    ['fails', { httpStatus: 503, body: {} }, 1],
    ['is not shown', { httpStatus: 404, body: {} }, 1],
    ['fails, and the first receives have died', error(500, 5000), 3],
  ])('a correction that the book announces is found although Book status %s', async (_, reply, attempts) => {
    book.clock.advance(3600);
    const shown = book.ocrolus.script(STATUS);
    book.answers(STATUS, reply);
    await book.untilDone('BOOK_VERIFIED', {}, attempts);
    book.answers(STATUS, ...shown);
    await book.liveHours(3);
    await expectCorrected();
  });

  test('a correction is found though a part of Book status cannot be read', async () => {
    book.says('VERIFIED', [document('d'), null as never]);
    await book.deliver('BOOK_VERIFIED');
    book.says('VERIFIED', LISTED);
    await book.live(2);
    await expectCorrected();
  });

  test('a book that is verified again with another document is not corrected', async () => {
    book.says('VERIFIED', [...LISTED, document('late')]);
    await book.deliver('BOOK_VERIFIED');
    expect(book.ocrolus.asked.filter(({ target }) => target.includes('=d'))).toEqual([]);
  });

  test.each([
    ['the document', { forms: 'never', transactions: 'never' }],
    ['the book', { summary: 'never' }],
  ])('a correction is stored when results of %s are wanted again', async (_, policies) => {
    book.redeploy({ settings: { RESULTS: JSON.stringify(policies) } });
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
    await book.live(2);
    book.redeploy({});
    await book.live(8);
    await expectCorrected();
  });
});

test('a first body that comes long after the others may be a corrected one, and is treated so', async () => {
  book.saysEverything(...MANY);
  book.answers(calls.documentForms('d'), TOO_EARLY);
  await book.liveAfter('BOOK_VERIFIED', { days: 1 });
  expect(await openKinds()).toEqual([]);
  saysForms('d', 'first');
  await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
  expect(await openKinds()).toEqual(DERIVED);
});

test('a correction marks what is derived from it also where its book ended while the body was asked for', async () => {
  book.says('VERIFYING', [document('d')]);
  await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
  book.during(targetOf(calls.documentForms('d')), async () => {
    book.says('VERIFIED', [document('d')]);
    await book.deliver('BOOK_VERIFIED');
    corrects();
  });
  await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
  await book.liveHours(2);
  expect(await book.body('forms', 'd')).toContain('corrected');
  expect(await book.body('paystubs')).toContain('corrected');
});

test('a correction is found that comes right after a look has seen the end, hours late', async () => {
  book.says('VERIFYING', [document('d', 'VERIFYING')]);
  await book.liveAfter('document.upload_succeeded', { days: 1 });
  book.saysEverything('d');
  await book.liveUntil(async () => (await book.shown())?.status === 'VERIFIED');
  book.clock.advance(660);
  await book.look();
  saysForms('d', 'corrected');
  await book.deliver('BOOK_VERIFIED');
  expect(await book.body('forms', 'd')).toContain('corrected');
});

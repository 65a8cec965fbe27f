import { describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document, signals } from '../../../functions/consumers/testing/answers.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

/** Sets which documents Detect lists in the signals of the book. */
const lists = (states: Readonly<Record<string, string>>) =>
  book.answers(calls.bookSignals('b'), signals('b', states));
const stateOf = async (docUuid: string) => (await book.document(docUuid))?.detect?.state;

test.each([0, 30])(
  'a document that is PENDING after %i hours is waited for, and holds up no other',
  async (hours) => {
    book.saysEverything('d1', 'd2');
    lists({ d1: 'COMPLETED' });
    await book.liveAfter('BOOK_VERIFIED', { hours });
    lists({ d1: 'COMPLETED', d2: 'PENDING' });
    await book.live(3);
    expect([await stateOf('d1'), await stateOf('d2')]).toEqual(['COMPLETED', undefined]);
    expect(await book.stored()).toContain('signals b');
    expect(await book.shown()).toMatchObject({ complete: false, open: ['signals'] });
    lists({ d1: 'COMPLETED', d2: 'COMPLETED' });
    await book.live(1);
    expect(await stateOf('d2')).toBe('COMPLETED');
    expect(await book.shown()).toMatchObject({ complete: true });
  },
);

test.each([
  ['60 hours after the end, which a probe finds on the third day', 60],
  ['five days after the end, which a probe finds on the tenth day', 5 * 24],
])('a document that Detect does not list is waited for for two days: %s', async (_, hours) => {
  book.saysEverything('d', 'e');
  lists({ d: 'COMPLETED' });
  await book.liveAfter('document.upload_succeeded', { hours: 24 });
  expect(await book.shown()).toMatchObject({ complete: false });
  await book.liveHours(hours - 24);
  // It may be none that Detect analyses.
  expect(await book.shown()).toMatchObject({ complete: true });
  lists({ d: 'COMPLETED', e: 'COMPLETED' });
  await book.live(10);
  expect(await book.body('signals')).toContain('"e"');
  expect(await stateOf('e')).toBe('COMPLETED');
});

test.each(['CLASSIFIED', 'REJECTED'])(
  'a document that ended as %s, and stays PENDING, is waited for for two days, and probed after that',
  async (status) => {
    book.saysEverything('d');
    book.answers(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
    book.says('VERIFIED', [document('d'), document('e', status)], {
      book_class: 'INSTANT_CLASSIFY_ISO_CAPTURE',
    });
    lists({ d: 'COMPLETED', e: 'PENDING' });
    await book.liveAfter('BOOK_VERIFIED', { hours: 40 });
    expect(await book.shown()).toMatchObject({ complete: false, open: ['signals'] });
    await book.liveHours(16);
    expect(await book.shown()).toMatchObject({ complete: true });
    lists({ d: 'COMPLETED', e: 'COMPLETED' });
    await book.live(10);
    expect(await stateOf('e')).toBe('COMPLETED');
  },
);

test('the two days for Detect begin when the book is verified, however early it was asked', async () => {
  book.saysEverything('d0', 'd2');
  book.says('VERIFYING', [document('d0'), document('d2', 'VERIFYING')]);
  lists({});
  await book.deliver('document.verification_succeeded', { uploadedDocUuid: 'd0' });
  await book.deliver('book.detect.signal_not_found', {}, { attempts: 3 });
  await book.liveHours(46);
  book.says('VERIFIED', [document('d0'), document('d2')]);
  await book.deliver('BOOK_VERIFIED');
  await book.liveHours(24);
  expect(await book.shown()).toMatchObject({ complete: false });
  lists({ d0: 'COMPLETED', d2: 'COMPLETED' });
  await book.live(3);
  expect(await stateOf('d2')).toBe('COMPLETED');
});

describe('a rejected document', () => {
  const [verified, rejected] = [document('d'), document('r', 'REJECTED')];

  test('has its state written, whichever is read first: the document or its signals', async () => {
    lists({ d: 'COMPLETED', r: 'UNABLE_TO_PROCESS' });
    book.says('VERIFIED', [verified]);
    await book.liveAfter('BOOK_VERIFIED', { days: 1 });
    book.says('VERIFIED', [verified, rejected]);
    await book.liveUntil(async () => (await book.shown())?.complete === true);
    await book.live(3);
    expect(await book.reader.documents('b')).toMatchObject([
      { docUuid: 'd', detect: { state: 'COMPLETED' } },
      { docUuid: 'r', status: 'REJECTED', detect: { state: 'UNABLE_TO_PROCESS' } },
    ]);
  });
});

describe('a document that is not stored yet', () => {
  const [d1, d2] = [document('d1', 'REJECTED'), document('d2', 'REJECTED')];

  test('gets its state, if it is stored while the signals of its book are requested', async () => {
    book.saysEverything('d1', 'd2');
    book.says('VERIFIED', [d1]);
    await book.deliver('BOOK_VERIFIED');
    book.during('/detect/book/', async () => {
      book.says('VERIFIED', [d1, d2]);
      await book.deliver('document.upload_succeeded');
    });
    await book.deliver('book.detect.signal_found');
    expect(await stateOf('d2')).toBe('COMPLETED');
  });

  test('keeps the signals open that name it', async () => {
    book.saysEverything('d1', 'd2');
    book.says('VERIFIED', [d1]);
    await book.deliver('document.upload_succeeded');
    book.clock.advance(60);
    book.answers(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 404, body: {} });
    await book.untilDone('book.detect.signal_found');
    expect(await book.shown()).toMatchObject({ complete: false, open: ['signals'] });
    book.says('VERIFIED', [d1, d2]);
    await book.live(3);
    expect(await stateOf('d2')).toBe('COMPLETED');
    expect(await book.shown()).toMatchObject({ complete: true });
  });

  test('is one of many, of which a look has to store all before their signals are closed', async () => {
    const docUuids = Array.from({ length: 60 }, (_, n) => `d${n}`);
    book.saysEverything(...docUuids);
    await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd0' });
    // Detect lists the others later.
    const all = book.ocrolus.script(calls.bookSignals('b'));
    lists({ d0: 'COMPLETED' });
    await book.untilDone('book.detect.signal_found');
    await book.live(1);
    expect((await book.shown())?.open).toContain('signals');
    book.answers(calls.bookSignals('b'), ...all);
    await book.live(1);
    expect(await stateOf('d1')).toBe('COMPLETED');
  });
});

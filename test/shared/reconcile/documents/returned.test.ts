import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document, error } from '../../../functions/consumers/testing/answers.ts';
import { receive } from '../../../functions/consumers/testing/harness.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

const NEW_FORMS = { body: { status: 200, response: { forms: ['new'] } } };
const [d, e] = [document('d'), document('e')];

/** The document is as it was before, and contains something else. */
const returns = (...docs: ReturnType<typeof document>[]) => {
  book.says('VERIFIED', docs);
  book.answers(calls.documentForms('d'), NEW_FORMS);
};
const expectFetchedAgain = async () => expect(await book.body('forms', 'd')).toContain('new');

describe('a document of a complete book is fetched again', () => {
  beforeEach(async () => {
    book.saysEverything('d', 'e');
    book.says('VERIFIED', [d]);
    await book.complete();
  });

  test('if the look that has seen it active dies before it writes the book, which then looks as before', async () => {
    book.says('VERIFYING', [document('d', 'PROCESSING')]);
    let isWritten = false;
    let hasDied = false;
    book.beforeWrite = (item) => {
      isWritten ||= item === 'DOC#d';
      hasDied ||= isWritten && item === 'BOOK';
      if (hasDied) throw new Error('killed');
    };
    for (let hour = 0; hour < 40 && !hasDied; hour += 1) await book.liveHours(1);
    expect(hasDied).toBe(true);
    book.beforeWrite = () => {};
    expect(await book.document('d')).toMatchObject({ status: 'PROCESSING' });
    returns(d);
    await book.live(5);
    await expectFetchedAgain();
    expect(await book.document('d')).toMatchObject({ status: 'VERIFICATION_COMPLETE' });
  });

  test('if a slow consumer writes that it was active after a look has seen the book as before', async () => {
    book.says('VERIFIED', [d, e]);
    await book.live(2);
    // A look is due. The consumer is delayed for two seconds between the answer of Book status and its first write.
    book.clock.advance(24 * 3600);
    expect(await book.poller.due()).toHaveLength(1);
    book.says('VERIFYING', [document('d', 'PROCESSING'), e]);
    book.beforeWrite = async () => {
      book.beforeWrite = () => {};
      returns(d, e);
      book.clock.advance(2);
      await book.look();
    };
    expect(await receive(book.anotherConsumer(), [book.event('document.upload_succeeded')])).toEqual([]);
    await book.live(5);
    await expectFetchedAgain();
    expect(await book.shown()).toMatchObject({ complete: true });
  });
});

test.each([
  ['is settled', { body: { response: { forms: [] } } }],
  ['lacks something', error(400, 1404)],
])('the event of another document shows a document active again, in a book that %s', async (_, ofE) => {
  book.saysEverything('d', 'e', 'f');
  book.answers(calls.documentForms('e'), ofE);
  book.says('VERIFYING', [d, document('f', 'VERIFYING'), e]);
  await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
  await book.liveHours(2);
  expect(await book.stored()).toContain('forms d');
  // `d` is upgraded. The event of `f` shows that it is active again; it is finished before the next poll, and its events are lost.
  book.says('VERIFYING', [document('d', 'PROCESSING'), document('f'), e]);
  await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'f' });
  returns(d, document('f'), e);
  book.answers(calls.documentForms('e'), NEW_FORMS);
  await book.live(3);
  await expectFetchedAgain();
  expect(await book.shown()).toMatchObject({ complete: true });
});

test('a rejected document that is given back and verified is fetched soon, though Book status lags behind its event', async () => {
  book.saysEverything('d', 'e');
  book.says('VERIFIED', [d, document('e', 'REJECTED')]);
  await book.complete();
  await book.untilDone('DOC_VERIFIED', { uploadedDocUuid: 'e' });
  expect(await book.shown()).toMatchObject({ complete: false });
  book.says('VERIFIED', [d, e]);
  for (let looks = 0; looks < 4; looks += 1) {
    book.clock.advance(300);
    await book.look();
  }
  expect(await book.stored()).toContain('forms e');
});

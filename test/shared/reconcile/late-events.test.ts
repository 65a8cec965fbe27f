import { describe, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { document, error, FORBIDDEN } from '../../functions/consumers/testing/answers.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

describe('what is asked for once a month is asked for at the usual pace after an event', () => {
  test.each([
    ['an active book that changes again', []],
    ['an active book that changes again, and misses a result', [document('f')]],
  ])('%s', async (_, others) => {
    book.saysEverything('d', 'e', 'f');
    book.answers(calls.documentForms('f'), error(400, 1404));
    book.says('VERIFYING', [document('d', 'VERIFYING'), document('e', 'VERIFYING'), ...others]);
    await book.untilDone('document.upload_succeeded');
    await book.live(35);
    book.says('VERIFYING', [document('d'), document('e', 'VERIFYING'), ...others]);
    await book.untilDone('DOC_VERIFIED', { uploadedDocUuid: 'd' });
    book.saysEverything('d', 'e', 'f');
    await book.live(5);
    expect(await book.stored()).toContain('forms e');
  });

  test.each([
    ['forms d', calls.documentForms('d'), FORBIDDEN, 'DOC_VERIFIED'],
    ['summary b', calls.bookSummary('b'), error(425, 9004), 'book.analytics_v2.generated'],
  ])('%s, even if the first answer is none', async (result, call, reply, event) => {
    book.answers(call, reply);
    await book.liveAfter('BOOK_VERIFIED', { days: 40 });
    expect(await book.missing()).toEqual([result]);
    await book.untilDone(event, { uploadedDocUuid: 'd' });
    book.saysEverything('d');
    await book.live(3);
    expect(await book.stored()).toContain(result);
  });
});

test('a book.completed that arrives after the book was reopened does not complete the new generation', async () => {
  await book.complete();
  const late = book.event('book.completed');
  await book.receive([late]);
  expect(await book.shown()).toMatchObject({ completed: { state: 'completed' } });
  book.clock.advance(7200);
  book.says('VERIFYING', [document('d'), document('e', 'PROCESSING')]);
  await book.deliver('document.upload_succeeded');
  const completed = async () => (await book.shown())?.completed;
  expect(await completed()).toBeUndefined();
  // The earlier message is delivered again.
  book.clock.advance(60);
  await book.receive([late], { attempts: 2 });
  expect(await completed()).toBeUndefined();
  // Ocrolus had sent it twice, and the other one has waited in its queue.
  await book.receive([{ ...late, deliveryId: 'another' }]);
  expect(await completed()).toBeUndefined();
});

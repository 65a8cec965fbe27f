import { expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { error, FORBIDDEN, saysEverything } from '../../../functions/consumers/testing/answers.ts';
import type { ScriptedReply } from '../../../functions/consumers/testing/ocrolus.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

/** Hours after which the metric is counted first, while six other books are verified in each hour. */
async function hoursUntilOverdue(hours: number, refuse: (bookUuid: string) => void): Promise<number> {
  for (let hour = 1; hour <= hours; hour += 1) {
    for (let n = 0; n < 6; n += 1) {
      const bookUuid = `w${hour}-${n}`;
      saysEverything(book.ocrolus, bookUuid, [`v${hour}-${n}`]);
      refuse(bookUuid);
      await book.deliver('BOOK_VERIFIED', { bookUuid });
    }
    await book.liveHours(1);
    if (book.counted('ResultsOverdue') > 0) return hour;
  }
  return Number.POSITIVE_INFINITY;
}

test('a kind that is refused for every book is overdue before it counts as not served', async () => {
  const refuse = (bookUuid: string) => book.answers(calls.bookSignals(bookUuid), FORBIDDEN);
  expect(await hoursUntilOverdue(30, refuse)).toBeLessThan(14);
  expect(await book.shown('w1-0')).toMatchObject({ complete: false, open: ['signals'] });
});

test('a book that was refused shortly before does not hold up that the kind counts as not served', async () => {
  const refuse = (bookUuid: string) => book.answers(calls.bookSignals(bookUuid), FORBIDDEN);
  expect(await hoursUntilOverdue(20, refuse)).toBeLessThan(14);
  await book.liveHours(8);
  saysEverything(book.ocrolus, 'last', ['d']);
  refuse('last');
  await book.deliver('BOOK_VERIFIED', { bookUuid: 'last' });
  await book.deliver('book.detect.signal_found', { bookUuid: 'last' }, { attempts: 3 });
  await book.liveHours(1);
  expect(await book.shown('last')).toMatchObject({ complete: false, open: ['signals'] });
  await book.liveHours(7);
  expect(await book.shown('last')).toMatchObject({ complete: true });
});

test.each<[string, ScriptedReply]>([
  ['refused', FORBIDDEN],
  ['of another account', error(400, 2102)],
  ['answered with an error', { httpStatus: 500, body: {} }],
])('a book that is never shown is overdue after a day: %s', async (_, reply) => {
  book.answers(calls.bookStatus({ bookUuid: 'b' }), reply);
  await book.deliver('BOOK_VERIFIED', {}, { attempts: 3 });
  const isLate = await hoursUntilOverdue(36, () => {});
  expect(isLate).toBeGreaterThan(23);
  expect(isLate).toBeLessThan(33);
});

test('a book that does not exist, or was found complete, is not overdue when it is refused', async () => {
  book.says('VERIFIED', [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }]);
  await book.complete();
  book.answers(calls.bookStatus({ bookUuid: 'b' }), FORBIDDEN);
  book.answers(calls.bookStatus({ bookUuid: 'gone' }), error(400, 1401));
  await book.deliver('BOOK_VERIFIED', { bookUuid: 'gone' }, { attempts: 3 });
  await book.live(5);
  expect(book.counted('ResultsOverdue')).toBe(0);
});

import { expect, it, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { error, FORBIDDEN } from '../../../functions/consumers/testing/answers.ts';
import { BY_PK, PK, UUID, useForgetting } from '../testing/forgetting.ts';

const book = useForgetting();

it('forgotten by its uuid alone, a book is not stored by its pk either', async () => {
  await book.forgotten(UUID);
  await book.send('DOC_VERIFIED', { ...BY_PK, uploadedDocPk: '70' });
  await book.expectForgotten();
  expect(book.ocrolus.asked).toHaveLength(1);
  // From then on, nothing has to be asked.
  await book.send('DOC_VERIFIED', { ...BY_PK, uploadedDocPk: '71' });
  expect(book.ocrolus.asked).toHaveLength(1);
});

it('a delivery by the pk that waits for its book is forgotten with the uuid', async () => {
  const event = await book.sendRefused();
  await book.forget(UUID);
  book.saysPersonal();
  book.clock.advance(3600);
  expect(await book.receive([event], { attempts: 4 })).toEqual([]);
  await book.poller.run();
  await book.expectForgotten();
  expect(await book.shown('pk-7')).toMatchObject({ status: 'FORGOTTEN', bookUuid: 'b' });
});

it('nothing more is requested of a book that is forgotten during a Book status request', async () => {
  book.during('status', () => book.forget());
  await book.send('BOOK_VERIFIED');
  expect(book.ocrolus.asked).toHaveLength(1);
  await book.expectForgotten();
  expect(await book.ledger()).toMatchObject([{ outcome: 'forgotten' }]);
});

it('a book that was never shown, and is forgotten by its pk, is recognized when it is polled', async () => {
  book.saysStatus(FORBIDDEN);
  await book.sendUntilDone('BOOK_VERIFIED');
  await book.forget(PK);
  await book.poller.run();
  // Only by its uuid.
  book.saysPersonal();
  book.answers(calls.bookStatus({ bookPk: '7' }), FORBIDDEN);
  book.clock.advance(3600);
  await book.poll();
  await book.poller.run();
  await book.expectForgotten();
});

test.each([
  ['pk', PK],
  ['uuid', UUID],
])('a book forgotten by its %s alone is forgotten by the other id that an event names', async (_, ids) => {
  await book.forget(ids);
  book.saysStatus(error(400, 1401));
  await book.send('BOOK_VERIFIED', { bookPk: '7' });
  await book.send('book.something_new', { bookPk: '7' });
  await book.send('BOOK_VERIFIED');
  await book.send('BOOK_VERIFIED', BY_PK);
  await book.expectForgotten();
});

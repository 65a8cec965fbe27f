import { expect, it, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { error, FORBIDDEN } from '../../../functions/consumers/testing/answers.ts';
import { receive } from '../../../functions/consumers/testing/harness.ts';
import type { ScriptedReply } from '../../../functions/consumers/testing/ocrolus.ts';
import { delivery } from '../../events/testing/delivery.ts';
import {
  createForgettingHarness,
  createForgotten,
  deliver,
  deliverUntilDone,
  expectForgotten,
  type ForgettingHarness,
  PK,
  payload,
  saysPersonal,
  UUID,
} from '../testing/forgetting.ts';

const refuseBook = ({ ocrolus }: ForgettingHarness, reply: ScriptedReply) => {
  for (const ref of [{ bookUuid: 'b' }, { bookPk: '7' }]) ocrolus.says(calls.bookStatus(ref), reply);
};

it('forgotten by its uuid alone, a book is not stored by its pk either', async () => {
  const harness = await createForgotten(UUID);
  await deliver(harness, 'DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' });
  await expectForgotten(harness);
  expect(harness.ocrolus.asked).toHaveLength(1);
  // From then on, nothing has to be asked.
  await deliver(harness, 'DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '71' });
  expect(harness.ocrolus.asked).toHaveLength(1);
});

it('a delivery by the pk that waits for its book is forgotten with the uuid', async () => {
  const harness = await createForgettingHarness();
  harness.ocrolus.says(calls.bookStatus({ bookPk: '7' }), FORBIDDEN);
  const ids = { bookPk: '7', uploadedDocUuid: 'd' };
  const message = delivery('DOC_VERIFIED', ids, { receivedAt: harness.clock.iso(), payload: payload() });
  expect(await receive(harness.consumers, [message], { attempts: 3 })).toEqual(['message-0']);
  await harness.forget(UUID);
  saysPersonal(harness);
  harness.clock.advance(3600);
  expect(await receive(harness.consumers, [message], { attempts: 4 })).toEqual([]);
  await harness.run();
  await expectForgotten(harness);
  expect(await harness.reader.book('pk-7')).toMatchObject({ status: 'FORGOTTEN', bookUuid: 'b' });
});

it('nothing more is requested of a book that is forgotten during a Book status request', async () => {
  const harness = await createForgettingHarness();
  harness.ocrolus.before = async () => {
    harness.ocrolus.before = () => {};
    await harness.forget();
  };
  await deliver(harness, 'BOOK_VERIFIED');
  expect(harness.ocrolus.asked).toHaveLength(1);
  await expectForgotten(harness);
  expect(await harness.reader.events('b')).toMatchObject([{ outcome: 'forgotten' }]);
});

it('a book that was never shown, and is forgotten by its pk, is recognized when it is polled', async () => {
  const harness = await createForgettingHarness();
  refuseBook(harness, FORBIDDEN);
  await deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' })(harness);
  await harness.forget(PK);
  await harness.run();
  // Only by its uuid.
  saysPersonal(harness);
  harness.ocrolus.says(calls.bookStatus({ bookPk: '7' }), FORBIDDEN);
  harness.clock.advance(3600);
  await harness.run();
  await harness.process();
  await harness.run();
  await expectForgotten(harness);
});

test.each([
  ['pk', PK],
  ['uuid', UUID],
])(
  'forgotten by its %s alone, a book that Ocrolus no longer shows is forgotten by the other id that an event names with it',
  async (_, ids) => {
    const harness = await createForgettingHarness();
    await harness.forget(ids);
    refuseBook(harness, error(400, 1401));
    await deliver(harness, 'BOOK_VERIFIED', { bookUuid: 'b', bookPk: '7' });
    await deliver(harness, 'book.something_new', { bookUuid: 'b', bookPk: '7' });
    await deliver(harness, 'BOOK_VERIFIED', { bookUuid: 'b' });
    await deliver(harness, 'BOOK_VERIFIED', { bookPk: '7' });
    await expectForgotten(harness);
  },
);

import { expect, it, test } from 'vitest';
import { EVENT_NAMES } from '../../shared/events/catalog.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { newBook, updateBook } from '../../shared/store/books.ts';
import { dueShard } from '../../shared/store/keys.ts';
import { error } from '../consumers/testing/answers.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import { FORBIDDEN } from './testing/answers.ts';
import {
  BOTH,
  createForgettingStage,
  expectForgotten,
  type ForgettingStage,
  PERSONAL,
  PK,
  payload,
  saysPersonal,
  UUID,
} from './testing/forgetting.ts';

type Ids = Parameters<typeof delivery>[1];

async function announce(
  stage: ForgettingStage,
  eventName: string,
  ids: Ids = { bookUuid: 'b' },
  more: Parameters<typeof delivery>[2] = {},
): Promise<void> {
  const message = delivery(eventName, ids, { receivedAt: stage.clock.iso(), payload: payload(), ...more });
  expect(await receive(stage.consumers, [message])).toEqual([]);
}

/** A complete book that is forgotten. */
async function createForgotten(ids = BOTH): Promise<ForgettingStage> {
  const stage = await createForgettingStage();
  await announce(stage, 'BOOK_VERIFIED');
  await stage.forget(ids);
  stage.ocrolus.asked.splice(0);
  return stage;
}

it('a book leaves its ids behind, and the time', async () => {
  const stage = await createForgotten();
  const at = stage.clock.iso();
  for (const bookId of ['b', 'pk-7']) {
    expect(await stage.store.get({ bookId, item: 'BOOK' })).toEqual({
      bookId,
      item: 'BOOK',
      bookUuid: 'b',
      bookPk: '7',
      account: 'default',
      source: 'webhook',
      status: 'FORGOTTEN',
      generation: 1,
      revision: expect.any(Number),
      forgottenAt: at,
      createdAt: at,
      updatedAt: at,
      dueAt: at,
      dueShard: dueShard(bookId),
    });
  }
  await expectForgotten(stage);
});

it('the report says what was removed, and the second time nothing', async () => {
  const stage = await createForgettingStage();
  await announce(stage, 'BOOK_VERIFIED');
  const at = stage.clock.iso();
  const results = (await stage.reader.results('b')).length;
  expect(await stage.forget()).toEqual({
    bookUuid: 'b',
    bookPk: '7',
    forgottenAt: at,
    removed: { documents: 2, results, payloads: 1, objects: 1, others: 0, elsewhere: 0, deadLetters: 0 },
    inFlightUntil: expect.any(String),
    recoverableUntil: new Date(stage.clock.now() + 35 * 86_400_000).toISOString(),
    dryRun: false,
  });
  stage.clock.advance(1000);
  const again = await stage.forget();
  expect(again).toMatchObject({ forgottenAt: at, recoverableUntil: null });
  expect(new Set(Object.values(again.removed))).toEqual(new Set([0]));
});

test.each([...EVENT_NAMES, 'book.something_new'])(
  'a late %s stores nothing but that it came',
  async (eventName) => {
    const stage = await createForgotten();
    const ids = { bookUuid: 'b', uploadedDocUuid: 'd', analyticsRequestId: 'r', businessUuid: 'u' };
    await announce(stage, eventName, ids);
    await announce(stage, eventName, { ...ids, bookUuid: undefined, bookPk: '7' });
    await expectForgotten(stage);
    expect(stage.ocrolus.asked).toEqual([]);
    for (const bookId of ['b', 'pk-7']) {
      expect((await stage.reader.events(bookId)).at(-1)).toMatchObject({
        eventName,
        outcome: 'forgotten',
        attempts: 1,
      });
    }
  },
);

it('a late event costs one write', async () => {
  const stage = await createForgotten();
  const written: string[] = [];
  const { table } = stage;
  const put = table.put;
  table.put = async (item, condition) => {
    written.push(item.item);
    return put(item, condition);
  };
  await announce(stage, 'DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' });
  expect(written).toEqual([expect.stringMatching(/^EVENT#/)]);
});

it('what the ledger has of earlier deliveries is that they came', async () => {
  const stage = await createForgettingStage();
  await announce(stage, 'DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'e' });
  // What Ocrolus says of a rejection may name people.
  const [before] = await stage.reader.events('b');
  expect(before).toMatchObject({ reason: `not of ${PERSONAL}`, payload: expect.any(String) });
  await stage.forget();
  const [after] = await stage.reader.events('b');
  const { reason: _, payload: __, ...kept } = before ?? {};
  expect(after).toEqual(kept);
});

it('an event without a book, of which Ocrolus says that it is about the forgotten one, stores nothing', async () => {
  const stage = await createForgotten();
  await announce(stage, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  await expectForgotten(stage);
  expect(await stage.reader.events('account')).toMatchObject([{ outcome: 'forgotten', bookUuid: 'b' }]);
});

it('a late body that is too large for a message is removed from the bucket by the poller', async () => {
  const stage = await createForgotten();
  // Long after the last sweep.
  for (let day = 0; day < 70; day += 10) {
    stage.clock.advance(10 * 86_400);
    await stage.run();
  }
  expect(await stage.due()).toEqual([]);
  await stage.bodies.put('deliveries/abc', Buffer.from(PERSONAL));
  const { bucket } = stage.bodies;
  const large = { encoding: 's3', bucket, key: 'deliveries/abc', bytes: 8 } as const;
  await announce(stage, 'BOOK_VERIFIED', { bookUuid: 'b' }, { payload: large });
  await stage.run();
  await expectForgotten(stage);
  expect(await stage.due()).toEqual([]);
});

it('bodies that are removed at the same time are all counted', async () => {
  const stage = await createForgettingStage();
  const { bucket } = stage.bodies;
  for (const key of ['deliveries/1', 'deliveries/2', 'deliveries/3']) {
    await stage.bodies.put(key, Buffer.from(PERSONAL));
    await announce(stage, 'BOOK_VERIFIED', undefined, { payload: { encoding: 's3', bucket, key, bytes: 8 } });
  }
  // Those of the deliveries, and the forms.
  expect(await stage.forget()).toMatchObject({ removed: { objects: 4 } });
});

it('bodies in the bucket are removed whether or not an item points to them', async () => {
  const stage = await createForgotten();
  await stage.bodies.put('results/b/forms/d/0123.json.gz', Buffer.from(PERSONAL));
  await stage.bodies.put('results/bb/forms/d/0123.json.gz', Buffer.from('of another book'));
  expect(await stage.forget()).toMatchObject({ removed: { objects: 1 } });
  expect([...stage.bodies.objects.keys()]).toEqual(['results/bb/forms/d/0123.json.gz']);
});

it('the poller asks nothing about it, looks rarer and rarer, and stops after a month', async () => {
  const stage = await createForgotten();
  let looks = 0;
  for (let hour = 0; hour < 80 * 24; hour += 1) {
    if ((await stage.due()).length > 0) looks += 1;
    await stage.run();
    stage.clock.advance(3600);
  }
  expect(looks).toBeLessThan(15);
  expect(stage.ocrolus.asked).toEqual([]);
  expect(stage.sent).toEqual([]);
  // Its marker stays.
  expect(await stage.reader.book('b')).not.toHaveProperty('expiresAt');
  expect(await stage.reader.book('b')).not.toHaveProperty('dueAt');
});

it('one that cannot be swept is left for later, behind the others', async () => {
  const stage = await createForgotten();
  stage.before(2, () => Promise.reject(new Error('DynamoDB is down')));
  stage.clock.advance(1);
  expect(await stage.run()).toMatchObject({ failed: 1 });
  expect((await stage.due()).map(({ dueAt }) => dueAt)).toEqual([stage.clock.iso()]);
  stage.clock.advance(1);
  expect(await stage.run()).toMatchObject({ failed: 0 });
});

it('forgotten by its uuid alone, a book is not stored by its pk either', async () => {
  const stage = await createForgotten(UUID);
  await announce(stage, 'DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' });
  await expectForgotten(stage);
  expect(stage.ocrolus.asked).toHaveLength(1);
  // From then on, nothing has to be asked.
  await announce(stage, 'DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '71' });
  expect(stage.ocrolus.asked).toHaveLength(1);
});

it('a pk under which something is stored is forgotten with its uuid', async () => {
  const stage = await createForgettingStage();
  stage.ocrolus.says(calls.bookStatus({ bookPk: '7' }), FORBIDDEN);
  await announce(stage, 'DOC_VERIFIED', { bookPk: '7', uploadedDocUuid: 'd' });
  await stage.forget(UUID);
  saysPersonal(stage);
  stage.clock.advance(3600);
  await stage.run();
  await stage.run();
  await expectForgotten(stage);
  expect(await stage.reader.book('pk-7')).toMatchObject({ status: 'FORGOTTEN', bookUuid: 'b' });
});

it('forgotten while a delivery asks for Book status, a book is not asked about any further', async () => {
  const stage = await createForgettingStage();
  stage.ocrolus.before = async () => {
    stage.ocrolus.before = () => {};
    await stage.forget();
  };
  await announce(stage, 'BOOK_VERIFIED');
  expect(stage.ocrolus.asked).toHaveLength(1);
  await expectForgotten(stage);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'forgotten' }]);
});

it('an event whose uuid an earlier attempt has learned asks nothing', async () => {
  const stage = await createForgotten(UUID);
  const writer = { account: 'default', source: 'webhook', now: stage.clock.now() } as const;
  await updateBook(stage.store, 'pk-7', () => newBook('pk-7', { bookUuid: 'b', bookPk: '7' }, writer));
  await announce(stage, 'DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' });
  expect(stage.ocrolus.asked).toEqual([]);
  await expectForgotten(stage);
});

it('a book that was never shown, and is forgotten by its pk, is recognized when it is polled', async () => {
  const stage = await createForgettingStage();
  for (const ref of [{ bookUuid: 'b' }, { bookPk: '7' }])
    stage.ocrolus.says(calls.bookStatus(ref), FORBIDDEN);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.forget(PK);
  await stage.run();
  // Only by its uuid.
  saysPersonal(stage);
  stage.ocrolus.says(calls.bookStatus({ bookPk: '7' }), FORBIDDEN);
  stage.clock.advance(3600);
  await stage.run();
  await stage.process();
  await stage.run();
  await expectForgotten(stage);
});

it('forgotten by its pk before it was ever announced, a book is not stored by its uuid', async () => {
  const stage = await createForgettingStage();
  await stage.forget(PK);
  await announce(stage, 'BOOK_VERIFIED', { bookUuid: 'b' });
  await stage.run();
  await expectForgotten(stage);
  expect(await stage.reader.book('b')).toMatchObject({ status: 'FORGOTTEN' });
});

it('forgotten by its pk alone, a book that Ocrolus does not show any more is not stored by an event that names both ids', async () => {
  const stage = await createForgettingStage();
  await stage.forget(PK);
  for (const ref of [{ bookUuid: 'b' }, { bookPk: '7' }])
    stage.ocrolus.says(calls.bookStatus(ref), error(400, 1401));
  await announce(stage, 'BOOK_VERIFIED', { bookUuid: 'b', bookPk: '7' });
  await announce(stage, 'book.something_new', { bookUuid: 'b', bookPk: '7' });
  await announce(stage, 'BOOK_VERIFIED', { bookUuid: 'b' });
  await expectForgotten(stage);
});

it('forgotten by its uuid alone, a book is forgotten by the pk that an event names with it', async () => {
  const stage = await createForgettingStage();
  await stage.forget(UUID);
  for (const ref of [{ bookUuid: 'b' }, { bookPk: '7' }])
    stage.ocrolus.says(calls.bookStatus(ref), error(400, 1401));
  await announce(stage, 'BOOK_VERIFIED', { bookUuid: 'b', bookPk: '7' });
  await announce(stage, 'BOOK_VERIFIED', { bookPk: '7' });
  await expectForgotten(stage);
});

it('forgotten by its pk alone, the poller asks Ocrolus which book that is, and removes it', async () => {
  const stage = await createForgettingStage();
  await announce(stage, 'BOOK_VERIFIED', { bookUuid: 'b' });
  await stage.forget(PK);
  await stage.run();
  await stage.run();
  await expectForgotten(stage);
});

it('what an event without a book has left in the ledger is removed by the ids of its document', async () => {
  const stage = await createForgettingStage();
  await announce(stage, 'BOOK_VERIFIED');
  const of = (ids: object) => ({ payload: payload({ event_name: 'book.something_new', ...ids }) });
  await announce(stage, 'book.something_new', {}, of({ uploaded_doc_uuid: 'd' }));
  await announce(stage, 'book.something_new', {}, of({ uploaded_doc_pk: 71 }));
  await announce(stage, 'book.something_new', {}, of({ uploaded_doc_uuid: 'of-another-book' }));
  await stage.forget();
  const events = await stage.reader.events('account');
  expect(events).toHaveLength(3);
  const kept = events.flatMap(({ payload: body }) => (body === undefined ? [] : [String(body)]));
  expect(kept).toEqual([expect.stringContaining('of-another-book')]);
});

it('no line of log has anything personal', async () => {
  const stage = await createForgotten();
  await announce(stage, 'BOOK_VERIFIED');
  await stage.bodies.put('results/b/forms/d/0123.json.gz', Buffer.from(PERSONAL));
  await stage.run();
  expect(stage.consumers.lines.join('\n')).not.toContain(PERSONAL);
});

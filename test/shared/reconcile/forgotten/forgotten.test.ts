import { expect, it, test } from 'vitest';
import { EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import { dueShard, FORGOTTEN_SHARD } from '../../../../shared/store/keys.ts';
import { PERSONAL, payload, useForgetting } from '../testing/forgetting.ts';

const book = useForgetting();

it('of a forgotten book, its ids and the time are kept', async () => {
  await book.forgotten();
  const at = book.clock.iso();
  for (const bookId of ['b', 'pk-7']) {
    expect(await book.store().get({ bookId, item: 'BOOK' })).toEqual({
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
      dueShard: FORGOTTEN_SHARD,
    });
  }
  await book.expectForgotten();
});

it('the report says what was removed; the second report says nothing was', async () => {
  const { bucket } = book.consumers.bodies;
  // Objects that are removed at the same time.
  for (const key of ['deliveries/1', 'deliveries/2', 'deliveries/3']) {
    await book.consumers.bodies.put(key, Buffer.from(PERSONAL));
    const large = { encoding: 's3', bucket, key, bytes: 8 } as const;
    await book.send('BOOK_VERIFIED', {}, { payload: large });
  }
  const at = book.clock.iso();
  const results = (await book.reader.results('b')).length;
  expect(await book.forget()).toEqual({
    bookUuid: 'b',
    bookPk: '7',
    forgottenAt: at,
    removed: { documents: 2, results, payloads: 3, objects: 4, others: 0, elsewhere: 0, deadLetters: 0 },
    inFlightUntil: expect.any(String),
    recoverableUntil: new Date(book.clock.now() + 35 * 86_400_000).toISOString(),
    dryRun: false,
  });
  book.clock.advance(1000);
  const again = await book.forget();
  expect(again).toMatchObject({ forgottenAt: at, recoverableUntil: null });
  expect(new Set(Object.values(again.removed))).toEqual(new Set([0]));
});

test.each([...EVENT_NAMES, 'book.something_new'])(
  'a late %s stores nothing but that it came',
  async (eventName) => {
    await book.forgotten();
    const ids = { bookUuid: 'b', uploadedDocUuid: 'd', analyticsRequestId: 'r', businessUuid: 'u' };
    await book.send(eventName, ids);
    await book.send(eventName, { ...ids, bookUuid: undefined, bookPk: '7' });
    await book.expectForgotten();
    expect(book.ocrolus.asked).toEqual([]);
    for (const bookId of ['b', 'pk-7']) {
      expect((await book.ledger(bookId)).at(-1)).toMatchObject({
        eventName,
        outcome: 'forgotten',
        attempts: 1,
      });
    }
  },
);

it('of earlier deliveries, the ledger only keeps that they arrived', async () => {
  await book.send('DOC_VERIFIED', { uploadedDocUuid: 'e' });
  // Ocrolus's text about a rejection may name people.
  const [before] = await book.ledger();
  expect(before).toMatchObject({ reason: `not of ${PERSONAL}`, payload: expect.any(String) });
  await book.forget();
  const [after] = await book.ledger();
  const { reason: _, payload: __, ...kept } = before ?? {};
  expect(after).toEqual(kept);
});

it('an event without a book that turns out to be about the forgotten one stores nothing', async () => {
  await book.forgotten();
  await book.send('document.detect.signal_found', { bookUuid: undefined, uploadedDocUuid: 'd' });
  await book.expectForgotten();
  expect(await book.ledger('account')).toMatchObject([{ outcome: 'forgotten', bookUuid: 'b' }]);
});

it('a late body that is too large for a message is removed from the bucket by the poller', async () => {
  await book.forgotten();
  // Long after the last sweep.
  for (let day = 0; day < 70; day += 10) {
    book.clock.advance(10 * 86_400);
    await book.poller.run();
  }
  expect(await book.poller.due()).toEqual([]);
  await book.consumers.bodies.put('deliveries/abc', Buffer.from(PERSONAL));
  const { bucket } = book.consumers.bodies;
  const large = { encoding: 's3', bucket, key: 'deliveries/abc', bytes: 8 } as const;
  await book.send('BOOK_VERIFIED', {}, { payload: large });
  await book.poller.run();
  await book.expectForgotten();
  expect(await book.poller.due()).toEqual([]);
});

it('bodies in the bucket are removed whether or not an item points to them', async () => {
  await book.forgotten();
  await book.consumers.bodies.put('results/b/forms/d/0123.json.gz', Buffer.from(PERSONAL));
  await book.consumers.bodies.put('results/bb/forms/d/0123.json.gz', Buffer.from('of another book'));
  expect(await book.forget()).toMatchObject({ removed: { objects: 1 } });
  expect([...book.consumers.bodies.objects.keys()]).toEqual(['results/bb/forms/d/0123.json.gz']);
});

it('the poller requests nothing, checks the book less and less often, and stops after a month', async () => {
  await book.forgotten();
  let looks = 0;
  for (let hour = 0; hour < 80 * 24; hour += 1) {
    if ((await book.poller.due()).length > 0) looks += 1;
    await book.poller.run();
    book.clock.advance(3600);
  }
  expect(looks).toBeLessThan(15);
  expect(book.ocrolus.asked).toEqual([]);
  expect(book.poller.sent).toEqual([]);
  // Its marker stays.
  expect(await book.shown()).not.toHaveProperty('expiresAt');
  expect(await book.shown()).not.toHaveProperty('dueAt');
});

it('a book that cannot be swept is swept by the next run', async () => {
  await book.forgotten();
  await book.consumers.bodies.put('results/b/forms/d/0123.json.gz', Buffer.from(PERSONAL));
  const { removeAll } = book.consumers.bodies;
  book.consumers.bodies.removeAll = () => Promise.reject(new Error('S3 is down'));
  await book.poller.run();
  expect(book.consumers.bodies.objects.size).toBe(1);
  book.consumers.bodies.removeAll = removeAll;
  await book.poller.run();
  await book.expectForgotten();
  expect(book.consumers.lines.join('\n')).not.toContain(PERSONAL);
});

it('the ledger entry of an event without a book is removed by the ids of its document', async () => {
  await book.send('BOOK_VERIFIED');
  const of = (ids: object) => ({ payload: payload({ event_name: 'book.something_new', ...ids }) });
  await book.send('book.something_new', { bookUuid: undefined }, of({ uploaded_doc_uuid: 'd' }));
  await book.send('book.something_new', { bookUuid: undefined }, of({ uploaded_doc_pk: 71 }));
  await book.send(
    'book.something_new',
    { bookUuid: undefined },
    of({ uploaded_doc_uuid: 'of-another-book' }),
  );
  await book.forget();
  const events = await book.ledger('account');
  expect(events).toHaveLength(3);
  const kept = events.flatMap(({ payload: body }) => (body === undefined ? [] : [String(body)]));
  expect(kept).toEqual([expect.stringContaining('of-another-book')]);
});

it('a book that version 0.1 has forgotten is handed over once, and then swept like the others', async () => {
  const { table, clock } = book;
  const at = clock.iso();
  const key = { bookId: 'b', item: 'BOOK' };
  await table.put({
    ...{ ...key, bookUuid: 'b', account: 'default', source: 'webhook', status: 'FORGOTTEN', generation: 1 },
    ...{ createdAt: at, updatedAt: at, forgottenAt: at, revision: 9, dueShard: dueShard('b'), dueAt: at },
  });
  await table.put({ bookId: 'b', item: 'DOC#d' });
  expect(await book.poller.run()).toMatchObject({ polled: 1 });
  await book.poller.process();
  expect(await table.get(key)).toMatchObject({ dueShard: FORGOTTEN_SHARD });
  expect(await book.poller.run()).toMatchObject({ polled: 0 });
  expect(await table.get({ bookId: 'b', item: 'DOC#d' })).toBeUndefined();
  expect(book.ocrolus.asked).toEqual([]);
});

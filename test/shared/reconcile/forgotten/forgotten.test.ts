import { expect, it, test } from 'vitest';
import { EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import { dueShard, FORGOTTEN_SHARD } from '../../../../shared/store/keys.ts';
import { createPollerHarness } from '../../../functions/poller/testing/harness.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import {
  createForgettingHarness,
  createForgotten,
  deliver,
  expectForgotten,
  PERSONAL,
  payload,
} from '../testing/forgetting.ts';

it('of a forgotten book, its ids and the time are kept', async () => {
  const harness = await createForgotten();
  const at = harness.clock.iso();
  for (const bookId of ['b', 'pk-7']) {
    expect(await harness.store.get({ bookId, item: 'BOOK' })).toEqual({
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
  await expectForgotten(harness);
});

it('the report says what was removed; the second report says nothing was', async () => {
  const harness = await createForgettingHarness();
  const { bucket } = harness.bodies;
  // Objects that are removed at the same time.
  for (const key of ['deliveries/1', 'deliveries/2', 'deliveries/3']) {
    await harness.bodies.put(key, Buffer.from(PERSONAL));
    const large = { encoding: 's3', bucket, key, bytes: 8 } as const;
    await deliver(harness, 'BOOK_VERIFIED', undefined, { payload: large });
  }
  const at = harness.clock.iso();
  const results = (await harness.reader.results('b')).length;
  expect(await harness.forget()).toEqual({
    bookUuid: 'b',
    bookPk: '7',
    forgottenAt: at,
    removed: { documents: 2, results, payloads: 3, objects: 4, others: 0, elsewhere: 0, deadLetters: 0 },
    inFlightUntil: expect.any(String),
    recoverableUntil: new Date(harness.clock.now() + 35 * 86_400_000).toISOString(),
    dryRun: false,
  });
  harness.clock.advance(1000);
  const again = await harness.forget();
  expect(again).toMatchObject({ forgottenAt: at, recoverableUntil: null });
  expect(new Set(Object.values(again.removed))).toEqual(new Set([0]));
});

test.each([...EVENT_NAMES, 'book.something_new'])(
  'a late %s stores nothing but that it came',
  async (eventName) => {
    const harness = await createForgotten();
    const ids = { bookUuid: 'b', uploadedDocUuid: 'd', analyticsRequestId: 'r', businessUuid: 'u' };
    await deliver(harness, eventName, ids);
    await deliver(harness, eventName, { ...ids, bookUuid: undefined, bookPk: '7' });
    await expectForgotten(harness);
    expect(harness.ocrolus.asked).toEqual([]);
    for (const bookId of ['b', 'pk-7']) {
      expect((await harness.reader.events(bookId)).at(-1)).toMatchObject({
        eventName,
        outcome: 'forgotten',
        attempts: 1,
      });
    }
  },
);

it('of earlier deliveries, the ledger only keeps that they arrived', async () => {
  const harness = await createForgettingHarness();
  await deliver(harness, 'DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'e' });
  // Ocrolus's text about a rejection may name people.
  const [before] = await harness.reader.events('b');
  expect(before).toMatchObject({ reason: `not of ${PERSONAL}`, payload: expect.any(String) });
  await harness.forget();
  const [after] = await harness.reader.events('b');
  const { reason: _, payload: __, ...kept } = before ?? {};
  expect(after).toEqual(kept);
});

it('an event without a book that turns out to be about the forgotten one stores nothing', async () => {
  const harness = await createForgotten();
  await deliver(harness, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  await expectForgotten(harness);
  expect(await harness.reader.events('account')).toMatchObject([{ outcome: 'forgotten', bookUuid: 'b' }]);
});

it('a late body that is too large for a message is removed from the bucket by the poller', async () => {
  const harness = await createForgotten();
  // Long after the last sweep.
  for (let day = 0; day < 70; day += 10) {
    harness.clock.advance(10 * 86_400);
    await harness.run();
  }
  expect(await harness.due()).toEqual([]);
  await harness.bodies.put('deliveries/abc', Buffer.from(PERSONAL));
  const { bucket } = harness.bodies;
  const large = { encoding: 's3', bucket, key: 'deliveries/abc', bytes: 8 } as const;
  await deliver(harness, 'BOOK_VERIFIED', { bookUuid: 'b' }, { payload: large });
  await harness.run();
  await expectForgotten(harness);
  expect(await harness.due()).toEqual([]);
});

it('bodies in the bucket are removed whether or not an item points to them', async () => {
  const harness = await createForgotten();
  await harness.bodies.put('results/b/forms/d/0123.json.gz', Buffer.from(PERSONAL));
  await harness.bodies.put('results/bb/forms/d/0123.json.gz', Buffer.from('of another book'));
  expect(await harness.forget()).toMatchObject({ removed: { objects: 1 } });
  expect([...harness.bodies.objects.keys()]).toEqual(['results/bb/forms/d/0123.json.gz']);
});

it('the poller requests nothing, checks the book less and less often, and stops after a month', async () => {
  const harness = await createForgotten();
  let looks = 0;
  for (let hour = 0; hour < 80 * 24; hour += 1) {
    if ((await harness.due()).length > 0) looks += 1;
    await harness.run();
    harness.clock.advance(3600);
  }
  expect(looks).toBeLessThan(15);
  expect(harness.ocrolus.asked).toEqual([]);
  expect(harness.sent).toEqual([]);
  // Its marker stays.
  expect(await harness.reader.book('b')).not.toHaveProperty('expiresAt');
  expect(await harness.reader.book('b')).not.toHaveProperty('dueAt');
});

it('a book that cannot be swept is swept by the next run', async () => {
  const harness = await createForgotten();
  await harness.bodies.put('results/b/forms/d/0123.json.gz', Buffer.from(PERSONAL));
  const { removeAll } = harness.bodies;
  harness.bodies.removeAll = () => Promise.reject(new Error('S3 is down'));
  await harness.run();
  expect(harness.bodies.objects.size).toBe(1);
  harness.bodies.removeAll = removeAll;
  await harness.run();
  await expectForgotten(harness);
  expect(harness.consumers.lines.join('\n')).not.toContain(PERSONAL);
});

it('the ledger entry of an event without a book is removed by the ids of its document', async () => {
  const harness = await createForgettingHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  const of = (ids: object) => ({ payload: payload({ event_name: 'book.something_new', ...ids }) });
  await deliver(harness, 'book.something_new', {}, of({ uploaded_doc_uuid: 'd' }));
  await deliver(harness, 'book.something_new', {}, of({ uploaded_doc_pk: 71 }));
  await deliver(harness, 'book.something_new', {}, of({ uploaded_doc_uuid: 'of-another-book' }));
  await harness.forget();
  const events = await harness.reader.events('account');
  expect(events).toHaveLength(3);
  const kept = events.flatMap(({ payload: body }) => (body === undefined ? [] : [String(body)]));
  expect(kept).toEqual([expect.stringContaining('of-another-book')]);
});

it('a book that version 0.1 has forgotten is handed over once, and then swept like the others', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { table, clock } = harness;
  const at = clock.iso();
  const key = { bookId: 'b', item: 'BOOK' };
  await table.put({
    ...{ ...key, bookUuid: 'b', account: 'default', source: 'webhook', status: 'FORGOTTEN', generation: 1 },
    ...{ createdAt: at, updatedAt: at, forgottenAt: at, revision: 9, dueShard: dueShard('b'), dueAt: at },
  });
  await table.put({ bookId: 'b', item: 'DOC#d' });
  expect(await harness.run()).toMatchObject({ polled: 1 });
  await harness.process();
  expect(await table.get(key)).toMatchObject({ dueShard: FORGOTTEN_SHARD });
  expect(await harness.run()).toMatchObject({ polled: 0 });
  expect(await table.get({ bookId: 'b', item: 'DOC#d' })).toBeUndefined();
  expect(harness.ocrolus.asked).toEqual([]);
});

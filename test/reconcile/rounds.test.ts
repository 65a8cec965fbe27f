import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { receive } from '../consumers/testing/harness.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { document, saysEverything, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver } from './testing/harness.ts';

test('a lost message of the poller is sent again', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'document.upload_succeeded');
  harness.clock.advance(700);
  await harness.run();
  expect(harness.sent.length).toBeGreaterThan(0);
  harness.sent.length = 0;
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('a second look at a book that was just looked at asks nothing', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'document.upload_succeeded');
  harness.clock.advance(700);
  await harness.run();
  const copies = harness.sent.slice();
  await harness.process();
  const asked = harness.ocrolus.asked.length;
  expect(asked).toBeGreaterThan(1);
  expect(await receive(harness.consumers, copies)).toEqual([]);
  expect(harness.ocrolus.asked.length).toBe(asked);
});

test('nothing is sent into a deep queue', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'document.upload_succeeded');
  harness.clock.advance(700);
  harness.depth = 5000;
  await harness.run();
  expect(harness.sent).toEqual([]);
  harness.depth = 0;
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('`poll.discoverFrom` limits the first discovery', async () => {
  const harness = createPollerHarness(await memoryTable(), {
    POLL_DISCOVER: 'true',
    POLL_DISCOVER_FROM: '2026-02-01',
  });
  const { ocrolus } = harness;
  const listed = [
    { pk: 1, book_uuid: 'old', created_ts: '2025-12-31T23:00:00Z' },
    { pk: 2, book_uuid: 'b', created_ts: '2026-02-03T10:00:00Z' },
  ];
  ocrolus.says(calls.books(100, 0), { body: { response: { books: listed } } });
  ocrolus.says(calls.books(100, 1), { body: { response: { books: listed.slice(1) } } });
  saysEverything(ocrolus);
  await harness.run();
  await harness.process();
  expect(await harness.reader.book('old')).toBeUndefined();
  expect((await harness.reader.book('b'))?.status).toBe('VERIFIED');
});

test('a reopened book does not show the progress of the generation before', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect((await book(harness))?.analytics).toMatchObject({ state: 'available' });
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'e' });
  expect(await book(harness)).toMatchObject({ generation: 2 });
  expect((await book(harness))?.analytics).toBeUndefined();
  expect((await book(harness))?.detect).toBeUndefined();
});

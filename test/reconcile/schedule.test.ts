import { expect, test } from 'vitest';
import { POLL_EVENTS } from '../../shared/events/poll-events.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { updateBook } from '../../shared/store/books.ts';
import { readDocument, updateDocument } from '../../shared/store/documents.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { FORBIDDEN } from './testing/answers.ts';
import { book, createBookHarness, deliver } from './testing/harness.ts';

const MINUTE = 60_000;

test('a result that an event announces again is requested soon, however long its pauses have become', async () => {
  const harness = await createBookHarness();
  harness.ocrolus.says(calls.documentForms('d'), FORBIDDEN);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(5);
  const pause = Date.parse((await book(harness))?.dueAt ?? '') - harness.clock.now();
  expect(pause).toBeGreaterThan(60 * MINUTE);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  const soon = Date.parse((await book(harness))?.dueAt ?? '') - harness.clock.now();
  expect(soon).toBeLessThan(25 * MINUTE);
});

test('a book is not complete while a message about it is being retried', async () => {
  const harness = await createBookHarness();
  const { clock, ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  // Everything is stored, and only analytics are still to be asked for: then the book would be complete.
  expect(await book(harness)).toMatchObject({ complete: false });
  const shown = ocrolus.script(calls.bookStatus({ bookUuid: 'b' }));
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 500, body: {} });
  clock.advance(3600);
  const event = delivery('document.upload_succeeded', { bookUuid: 'b' }, { receivedAt: clock.iso() });
  expect(await receive(harness.consumers, [event], { attempts: 2 })).toHaveLength(1);
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), ...shown);
  await harness.pollDue('now');
  await harness.process();
  expect(await book(harness)).toMatchObject({ complete: false, open: [] });
  clock.advance(16 * 60);
  await harness.run();
  await harness.process();
  expect(await book(harness)).toMatchObject({ complete: true });
});

test('the poller requests the results of the previous generation even before it has recorded them', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  await updateBook(harness.table, 'b', (book) => book && { ...book, generation: 2 });
  const before = ocrolus.count('Book-summary');
  const { eventName, channel } = POLL_EVENTS.results;
  const wants = [{ kind: 'summary', subject: 'b' }] as const;
  const sentAt = harness.clock.iso();
  const message = delivery(
    eventName,
    { bookUuid: 'b' },
    { channel, source: 'poll', sentAt, wants: [...wants] },
  );
  expect(await receive(harness.consumers, [message])).toEqual([]);
  expect(ocrolus.count('Book-summary')).toBe(before + 1);
});

test('a complete book becomes incomplete when an event announces another result, which is refused', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  harness.ocrolus.says(calls.documentForms('d'), FORBIDDEN);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  expect(await book(harness)).toMatchObject({ complete: false, open: ['forms'] });
});

test('an answer of Detect does not close the signals of a document that changed during the request', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  harness.ocrolus.before = async (target) => {
    if (!target.includes('signals')) return;
    await updateDocument(
      harness.table,
      { bookId: 'b', docUuid: 'd' },
      (document) => document && { ...document, version: 2 },
    );
  };
  await deliver(harness, 'book.detect.signal_found');
  const document = await readDocument(harness.table, 'b', 'd');
  expect(harness.ocrolus.count('book-fraud-signals')).toBe(1);
  expect(document).toMatchObject({ version: 2 });
  expect(document?.entries.signals?.version).not.toBe(2);
});

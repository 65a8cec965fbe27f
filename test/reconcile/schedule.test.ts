import { expect, test } from 'vitest';
import { POLL_EVENTS } from '../../shared/events/poll-events.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { updateBook } from '../../shared/store/books.ts';
import { readDocument, updateDocument } from '../../shared/store/documents.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import { FORBIDDEN } from './testing/answers.ts';
import { announce, book, createBookStage } from './testing/stage.ts';

const MINUTE = 60_000;

test('what an event announces again is asked for soon, however long its pauses have become', async () => {
  const stage = await createBookStage();
  stage.ocrolus.says(calls.documentForms('d'), FORBIDDEN);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(5);
  const pause = Date.parse((await book(stage))?.dueAt ?? '') - stage.clock.now();
  expect(pause).toBeGreaterThan(60 * MINUTE);
  await announce(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  const soon = Date.parse((await book(stage))?.dueAt ?? '') - stage.clock.now();
  expect(soon).toBeLessThan(25 * MINUTE);
});

test('a book is not called complete while a message about it is being tried again', async () => {
  const stage = await createBookStage();
  const { clock, ocrolus } = stage;
  await announce(stage, 'BOOK_VERIFIED');
  // Everything is stored, and only analytics are still to be asked for: then the book would be complete.
  expect(await book(stage)).toMatchObject({ complete: false });
  const shown = ocrolus.script(calls.bookStatus({ bookUuid: 'b' }));
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 500, body: {} });
  clock.advance(3600);
  const event = delivery('document.upload_succeeded', { bookUuid: 'b' }, { receivedAt: clock.iso() });
  expect(await receive(stage.consumers, [event], { attempts: 2 })).toHaveLength(1);
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), ...shown);
  await stage.pollDue('now');
  await stage.process();
  expect(await book(stage)).toMatchObject({ complete: false, open: [] });
  clock.advance(16 * 60);
  await stage.run();
  await stage.process();
  expect(await book(stage)).toMatchObject({ complete: true });
});

test('the poller asks for what an earlier generation has, also before it has written that down', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  await updateBook(stage.table, 'b', (book) => book && { ...book, generation: 2 });
  const before = ocrolus.count('Book-summary');
  const { eventName, channel } = POLL_EVENTS.results;
  const wants = [{ kind: 'summary', subject: 'b' }] as const;
  const sentAt = stage.clock.iso();
  const message = delivery(
    eventName,
    { bookUuid: 'b' },
    { channel, source: 'poll', sentAt, wants: [...wants] },
  );
  expect(await receive(stage.consumers, [message])).toEqual([]);
  expect(ocrolus.count('Book-summary')).toBe(before + 1);
});

test('a complete book of which an event announces more, which is refused, is not complete any more', async () => {
  const stage = await createBookStage();
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  expect(await book(stage)).toMatchObject({ complete: true });
  stage.ocrolus.says(calls.documentForms('d'), FORBIDDEN);
  await announce(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  expect(await book(stage)).toMatchObject({ complete: false, open: ['forms'] });
});

test('an answer of Detect does not close the signals of a document that has changed while it was asked for', async () => {
  const stage = await createBookStage();
  await announce(stage, 'BOOK_VERIFIED');
  stage.ocrolus.before = async (target) => {
    if (!target.includes('signals')) return;
    await updateDocument(
      stage.table,
      { bookId: 'b', docUuid: 'd' },
      (document) => document && { ...document, version: 2 },
    );
  };
  await announce(stage, 'book.detect.signal_found');
  const document = await readDocument(stage.table, 'b', 'd');
  expect(stage.ocrolus.count('book-fraud-signals')).toBe(1);
  expect(document).toMatchObject({ version: 2 });
  expect(document?.entries.signals?.version).not.toBe(2);
});

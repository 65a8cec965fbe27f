import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readDocument } from '../../shared/store/documents.ts';
import { document, saysStatus } from './testing/answers.ts';
import { announce, book, createBookStage, deliver } from './testing/stage.ts';

test('a document that is stored while the signals of its book are asked for has its state of Detect', async () => {
  const stage = await createBookStage({}, ['d1', 'd2']);
  const { ocrolus } = stage;
  const [d1, d2] = [document('d1', 'REJECTED'), document('d2', 'REJECTED')];
  saysStatus(ocrolus, 'b', 'VERIFIED', [d1]);
  await announce(stage, 'BOOK_VERIFIED');
  let isAsked = false;
  ocrolus.before = async (target) => {
    if (!target.includes('/detect/book/') || isAsked) return;
    isAsked = true;
    saysStatus(ocrolus, 'b', 'VERIFIED', [d1, d2]);
    await announce(stage, 'document.upload_succeeded');
  };
  await announce(stage, 'book.detect.signal_found');
  expect(isAsked).toBe(true);
  expect(await readDocument(stage.table, 'b', 'd2')).toMatchObject({
    detect: { state: 'COMPLETED' },
    entries: { signals: { state: 'stored' } },
  });
});

// Seed 1007 of the simulation: the answer about the book names a document before the poller has stored it.
test('a document that only Book status has named has its state of Detect', async () => {
  const stage = await createBookStage({}, ['d1', 'd2']);
  saysStatus(stage.ocrolus, 'b', 'VERIFIED', [document('d1', 'REJECTED'), document('d2', 'REJECTED')]);
  await announce(stage, 'document.detect.signal_found', { uploadedDocUuid: 'd1' });
  expect(await readDocument(stage.table, 'b', 'd2')).toBeUndefined();
  await announce(stage, 'book.detect.signal_found');
  expect(await readDocument(stage.table, 'b', 'd2')).toMatchObject({
    status: 'REJECTED',
    detect: { state: 'COMPLETED' },
    entries: { signals: { state: 'stored' } },
  });
});

test('signals are not closed while the status of a document that they name cannot be read', async () => {
  const stage = await createBookStage({}, ['d1', 'd2']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1', 'REJECTED'), document('d2', 'REJECTED')]);
  await announce(stage, 'document.detect.signal_found', { uploadedDocUuid: 'd1' });
  stage.clock.advance(60);
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 404, body: {} });
  await deliver(stage, 'book.detect.signal_found');
  expect(await readDocument(stage.table, 'b', 'd2')).toBeUndefined();
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1', 'REJECTED'), document('d2', 'REJECTED')]);
  await stage.live(3);
  expect(await readDocument(stage.table, 'b', 'd2')).toMatchObject({ detect: { state: 'COMPLETED' } });
  expect(await book(stage)).toMatchObject({ complete: true });
});

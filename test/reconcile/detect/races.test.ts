import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readDocument } from '../../../shared/store/documents.ts';
import { document, saysStatus } from '../testing/answers.ts';
import { book, createBookHarness, deliver, deliverUntilDone } from '../testing/harness.ts';

test('a document that is stored while the signals of its book are requested gets its Detect state', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  const [d1, d2] = [document('d1', 'REJECTED'), document('d2', 'REJECTED')];
  saysStatus(ocrolus, 'b', 'VERIFIED', [d1]);
  await deliver(harness, 'BOOK_VERIFIED');
  let isAsked = false;
  ocrolus.before = async (target) => {
    if (!target.includes('/detect/book/') || isAsked) return;
    isAsked = true;
    saysStatus(ocrolus, 'b', 'VERIFIED', [d1, d2]);
    await deliver(harness, 'document.upload_succeeded');
  };
  await deliver(harness, 'book.detect.signal_found');
  expect(isAsked).toBe(true);
  expect(await readDocument(harness.table, 'b', 'd2')).toMatchObject({
    detect: { state: 'COMPLETED' },
    entries: { signals: { state: 'stored' } },
  });
});

// Seed 1007 of the simulation: the answer about the book names a document before the poller has stored it.
test('a document that only Book status has named gets its Detect state', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d1', 'REJECTED'), document('d2', 'REJECTED')]);
  await deliver(harness, 'document.detect.signal_found', { uploadedDocUuid: 'd1' });
  expect(await readDocument(harness.table, 'b', 'd2')).toBeUndefined();
  await deliver(harness, 'book.detect.signal_found');
  expect(await readDocument(harness.table, 'b', 'd2')).toMatchObject({
    status: 'REJECTED',
    detect: { state: 'COMPLETED' },
    entries: { signals: { state: 'stored' } },
  });
});

test('signals are not closed while the status of a document that they name cannot be read', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1', 'REJECTED'), document('d2', 'REJECTED')]);
  await deliver(harness, 'document.detect.signal_found', { uploadedDocUuid: 'd1' });
  harness.clock.advance(60);
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 404, body: {} });
  await deliverUntilDone(harness, 'book.detect.signal_found');
  expect(await readDocument(harness.table, 'b', 'd2')).toBeUndefined();
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1', 'REJECTED'), document('d2', 'REJECTED')]);
  await harness.live(3);
  expect(await readDocument(harness.table, 'b', 'd2')).toMatchObject({ detect: { state: 'COMPLETED' } });
  expect(await book(harness)).toMatchObject({ complete: true });
});

import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readDocument } from '../../../shared/store/documents.ts';
import { signals } from '../../consumers/testing/answers.ts';
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
  expect(await readDocument(harness.table, 'b', 'd2')).toMatchObject({ detect: { state: 'COMPLETED' } });
});

test('signals are not closed while a document that they name is not stored', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1', 'REJECTED')]);
  await deliver(harness, 'document.upload_succeeded');
  harness.clock.advance(60);
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), { httpStatus: 404, body: {} });
  await deliverUntilDone(harness, 'book.detect.signal_found');
  expect(await book(harness)).toMatchObject({ complete: false, open: ['signals'] });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1', 'REJECTED'), document('d2', 'REJECTED')]);
  await harness.live(3);
  expect(await readDocument(harness.table, 'b', 'd2')).toMatchObject({ detect: { state: 'COMPLETED' } });
  expect(await book(harness)).toMatchObject({ complete: true });
});

test('the signals of a book of many documents are not closed before a look has stored them all', async () => {
  const docUuids = Array.from({ length: 60 }, (_, n) => `d${n}`);
  const harness = await createBookHarness({}, docUuids);
  const { ocrolus } = harness;
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd0' });
  // Detect lists the others later.
  const all = ocrolus.script(calls.bookSignals('b'));
  ocrolus.says(calls.bookSignals('b'), signals('b', { d0: 'COMPLETED' }));
  await deliverUntilDone(harness, 'book.detect.signal_found');
  await harness.live(1);
  expect((await book(harness))?.open).toContain('signals');
  ocrolus.says(calls.bookSignals('b'), ...all);
  await harness.live(1);
  expect(await readDocument(harness.table, 'b', 'd1')).toMatchObject({ detect: { state: 'COMPLETED' } });
});

import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { signals } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import type { PollerHarness } from '../../poller/testing/harness.ts';
import { document, saysEverything, saysStatus } from '../testing/answers.ts';
import { book, createBookHarness, deliver, liveUntil } from '../testing/harness.ts';

test.each([
  ['60 hours after the end, which a probe finds on the third day', 60],
  ['five days after the end, which a probe finds on the tenth day', 5 * 24],
])('signals that Detect lists after days are stored: %s', async (_, hours) => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus } = harness;
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  await deliver(harness, 'document.upload_succeeded');
  await harness.liveHours(hours);
  // After two days, the document may be none that Detect analyses.
  expect(await book(harness)).toMatchObject({ complete: true });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'COMPLETED' }));
  await harness.live(10);
  expect(String(await harness.reader.resultBody('b', 'signals', 'b'))).toContain('"e"');
  expect(await detectOf(harness, 'e')).toMatchObject({ state: 'COMPLETED' });
});

test('the state of Detect on a rejected document is written, whichever is read first: the document or its signals', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  const rejected = { uuid: 'r', status: 'REJECTED' };
  const verified = { uuid: 'd', status: 'VERIFICATION_COMPLETE' };
  saysStatus(ocrolus, 'b', 'VERIFIED', [verified]);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', r: 'UNABLE_TO_PROCESS' }));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  saysStatus(ocrolus, 'b', 'VERIFIED', [verified, rejected]);
  await liveUntil(harness, async () => (await book(harness))?.complete === true);
  await harness.live(3);
  expect(await harness.reader.documents('b')).toMatchObject([
    { docUuid: 'd', detect: { state: 'COMPLETED' } },
    { docUuid: 'r', status: 'REJECTED', detect: { state: 'UNABLE_TO_PROCESS' } },
  ]);
  expect(await book(harness)).toMatchObject({ complete: true });
});

test('a rejected document that Detect does not list does not keep a book incomplete', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  saysStatus(ocrolus, 'b', 'VERIFIED', [
    { uuid: 'd', status: 'VERIFICATION_COMPLETE' },
    { uuid: 'r', status: 'REJECTED' },
  ]);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(ocrolus.count('book-fraud-signals')).toBe(1);
});

const detectOf = async (harness: PollerHarness, docUuid: string) =>
  (await harness.reader.documents('b')).find((one) => one.docUuid === docUuid)?.detect;

test('a document that Detect lists as pending is not given up after two days', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.liveHours(30);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'PENDING' }));
  await harness.liveHours(30);
  expect(await book(harness)).toMatchObject({ complete: false });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  await harness.live(3);
  expect(await detectOf(harness, 'd')).toMatchObject({ state: 'COMPLETED' });
});

test('the two days for Detect begin when the book is verified, however early it was asked', async () => {
  const harness = await createBookHarness({}, ['d0', 'd2']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d0'), document('d2', 'VERIFYING')]);
  ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  await deliver(harness, 'document.verification_succeeded', { uploadedDocUuid: 'd0' });
  const ids = { bookUuid: 'b' };
  const early = delivery('book.detect.signal_not_found', ids, { receivedAt: harness.clock.iso() });
  await receive(harness.consumers, [early], { attempts: 3 });
  await harness.liveHours(46);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d0'), document('d2')]);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.liveHours(24);
  expect(await book(harness)).toMatchObject({ complete: false });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d2: 'COMPLETED' }));
  await harness.live(3);
  expect(await detectOf(harness, 'd2')).toMatchObject({ state: 'COMPLETED' });
});

test('the two days for Detect start again in the next generation', async () => {
  const harness = await createBookHarness({}, ['d0', 'd2']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d0')]);
  ocrolus.says(calls.bookSignals('b'), signals('b', {}));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.liveHours(30);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d0'), document('d2', 'VERIFYING')]);
  await deliver(harness, 'document.upload_succeeded');
  await harness.liveHours(40);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d0'), document('d2'), document('d3', 'VERIFYING')]);
  await deliver(harness, 'document.verification_succeeded', { uploadedDocUuid: 'd2' });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d0: 'COMPLETED' }));
  await deliver(harness, 'book.detect.signal_not_found');
  await harness.liveHours(1);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d0'), document('d2')]);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d0: 'COMPLETED', d2: 'COMPLETED' }));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(4);
  expect(await detectOf(harness, 'd2')).toMatchObject({ state: 'COMPLETED' });
});

import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { document, FORBIDDEN, saysAnalytics, saysEverything, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver, deliverUntilDone, results } from './testing/harness.ts';

const STATUS = calls.bookStatus({ bookUuid: 'b' });

/** Events about what was given up, not found, or is polled once a month: it is asked for at the usual pace again. */
test('NOT_FOUND: after an event that shows the book as before, it is polled at the usual pace', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  const atWork = () => saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING')]);
  atWork();
  await deliver(harness, 'document.upload_succeeded');
  await harness.liveHours(2);
  ocrolus.says(STATUS, error(400, 1401));
  await harness.liveHours(24);
  expect(await book(harness)).toMatchObject({ status: 'NOT_FOUND' });
  atWork();
  await deliver(harness, 'document.upload_succeeded');
  expect(await book(harness)).toMatchObject({ status: 'VERIFYING' });
  saysEverything(ocrolus);
  await harness.live(3);
  expect(await results(harness)).toContain('forms d');
});

test('NOT_FOUND: after an event of a result that Ocrolus shows, the book is active', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.liveHours(2);
  ocrolus.says(STATUS, error(400, 1401));
  await harness.live(4);
  expect(await book(harness)).toMatchObject({ status: 'NOT_FOUND' });
  saysEverything(ocrolus);
  expect(await deliver(harness, 'book.analytics_v2.generated')).toEqual([]);
  await harness.live(3);
  expect(await book(harness)).toMatchObject({ status: 'VERIFIED' });
});

test('NOT_FOUND, after the last probe: after an event of a result that Ocrolus shows, the book is active', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(15);
  ocrolus.says(STATUS, error(400, 1401));
  await harness.live(8);
  expect(await book(harness)).toMatchObject({ status: 'NOT_FOUND' });
  saysEverything(ocrolus);
  await deliverUntilDone(harness, 'book.analytics_v2.generated');
  await harness.live(3);
  expect(await book(harness)).toMatchObject({ status: 'VERIFIED', complete: true });
});

test('a large book that was not found is active again after an event', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => `d${n}`);
  const harness = await createBookHarness({}, ids);
  const { ocrolus } = harness;
  ocrolus.says(calls.bookSummary('b'), error(425, 9004));
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  const status = calls.bookStatus({ bookUuid: 'b' });
  const shown = ocrolus.script(status);
  ocrolus.says(status, error(400, 1401));
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ status: 'NOT_FOUND' });
  ocrolus.says(status, ...shown);
  saysAnalytics(ocrolus);
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(3);
  expect(await book(harness)).toMatchObject({ status: 'VERIFIED', complete: true });
  expect(await results(harness)).toContain('summary b');
});

test('a verified book with an active document is polled after the horizon, too', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e', 'VERIFYING')]);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(32);
  expect(await book(harness)).toMatchObject({ complete: false });
  saysEverything(ocrolus, 'b', ['d', 'e']);
  await harness.live(62);
  expect(await results(harness)).toContain('forms e');
});

test('an active book that changes again after the horizon, by an event, is polled at the usual pace', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1', 'VERIFYING'), document('d2', 'VERIFYING')]);
  await deliver(harness, 'document.upload_succeeded');
  await harness.live(35);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1'), document('d2', 'VERIFYING')]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  saysEverything(ocrolus, 'b', ['d1', 'd2']);
  await harness.live(5);
  expect(await results(harness)).toContain('forms d2');
});

test('an active book that has missed a result for a month, and changes again by an event', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2', 'd3']);
  const { ocrolus } = harness;
  const docs = (first: string) => [document('d1', first), document('d2', 'VERIFYING'), document('d3')];
  ocrolus.says(calls.documentForms('d3'), error(400, 1404));
  saysStatus(ocrolus, 'b', 'VERIFYING', docs('VERIFYING'));
  await deliverUntilDone(harness, 'document.upload_succeeded');
  await harness.live(35);
  saysStatus(ocrolus, 'b', 'VERIFYING', docs('VERIFICATION_COMPLETE'));
  await deliverUntilDone(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  saysEverything(ocrolus, 'b', ['d1', 'd2', 'd3']);
  await harness.live(5);
  expect(await results(harness)).toContain('forms d2');
});

test('forms that are asked for monthly are asked for at the usual pace once an event names them, even if the first answer is a refusal', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.documentForms('d'), FORBIDDEN);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(40);
  expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'forms', state: 'pending' }]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysEverything(ocrolus);
  await harness.live(10);
  expect(await results(harness)).toContain('forms d');
});

test('a result that has been pending for a month is requested at the usual pace after an event names it', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  for (const call of [calls.bookSummary('b'), calls.cashFlowFeatures('b'), calls.enrichedTransactions('b')])
    ocrolus.says(call, error(425, 9004));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(32);
  const event = delivery(
    'book.analytics_v2.generated',
    { bookUuid: 'b' },
    { receivedAt: harness.clock.iso() },
  );
  for (let attempts = 1; attempts <= 3; attempts += 1) {
    await receive(harness.consumers, [event], { attempts });
    harness.clock.advance(15);
  }
  saysEverything(ocrolus);
  await harness.live(3);
  expect(await results(harness)).toContain('summary b');
});

test('a book.completed that arrives after the book was reopened does not complete the new generation', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  const late = delivery('book.completed', { bookUuid: 'b' }, { receivedAt: harness.clock.iso() });
  await receive(harness.consumers, [late]);
  expect(await book(harness)).toMatchObject({ completed: { state: 'completed' } });
  harness.clock.advance(7200);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'PROCESSING')]);
  await deliver(harness, 'document.upload_succeeded');
  expect((await book(harness))?.completed).toBeUndefined();
  // The earlier message is delivered again.
  harness.clock.advance(60);
  await receive(harness.consumers, [late], { attempts: 2 });
  expect((await book(harness))?.completed).toBeUndefined();
  // Ocrolus had sent it twice, and the other one has waited in its queue.
  await receive(harness.consumers, [{ ...late, deliveryId: 'another' }]);
  expect((await book(harness))?.completed).toBeUndefined();
});

test('signals that an event named while they were refused are still requested after the book was active in between', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  const shown = ocrolus.script(calls.bookSignals('b'));
  ocrolus.says(calls.bookSignals('b'), FORBIDDEN);
  await deliverUntilDone(harness, 'book.detect.signal_found');
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d')]);
  await deliver(harness, 'document.upload_succeeded');
  await harness.liveHours(2);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.liveHours(2);
  expect(await book(harness)).toMatchObject({ complete: false, open: expect.arrayContaining(['signals']) });
  const asked = ocrolus.count('book-fraud-signals');
  ocrolus.says(calls.bookSignals('b'), ...shown);
  await harness.live(2);
  expect(ocrolus.count('book-fraud-signals')).toBe(asked + 1);
  expect(await book(harness)).toMatchObject({ complete: true });
});

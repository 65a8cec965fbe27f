import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error } from '../consumers/testing/answers.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import { document, FORBIDDEN, saysAnalytics, saysEverything, saysStatus } from './testing/answers.ts';
import { announce, book, createBookStage, deliver, results } from './testing/stage.ts';

const STATUS = calls.bookStatus({ bookUuid: 'b' });

/** Events about what was given up, not found, or is polled once a month: it is asked for at the usual pace again. */
test('NOT_FOUND: an event that shows the book as before brings it back to the usual pace', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  const atWork = () => saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING')]);
  atWork();
  await announce(stage, 'document.upload_succeeded');
  await stage.liveHours(2);
  ocrolus.says(STATUS, error(400, 1401));
  await stage.liveHours(24);
  expect(await book(stage)).toMatchObject({ status: 'NOT_FOUND' });
  atWork();
  await announce(stage, 'document.upload_succeeded');
  expect(await book(stage)).toMatchObject({ status: 'VERIFYING' });
  saysEverything(ocrolus);
  await stage.live(3);
  expect(await results(stage)).toContain('forms d');
});

test('NOT_FOUND: an event of a result that Ocrolus shows brings the book back', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  await announce(stage, 'BOOK_VERIFIED');
  await stage.liveHours(2);
  ocrolus.says(STATUS, error(400, 1401));
  await stage.live(4);
  expect(await book(stage)).toMatchObject({ status: 'NOT_FOUND' });
  saysEverything(ocrolus);
  expect(await announce(stage, 'book.analytics_v2.generated')).toEqual([]);
  await stage.live(3);
  expect(await book(stage)).toMatchObject({ status: 'VERIFIED' });
});

test('NOT_FOUND, probes over: an event of a result that Ocrolus shows brings the book back', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(15);
  ocrolus.says(STATUS, error(400, 1401));
  await stage.live(6);
  expect(await book(stage)).toMatchObject({ status: 'NOT_FOUND' });
  saysEverything(ocrolus);
  await deliver(stage, 'book.analytics_v2.generated');
  await stage.live(3);
  expect(await book(stage)).toMatchObject({ status: 'VERIFIED', complete: true });
});

test('a large book that was not found is shown again by an event', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => `d${n}`);
  const stage = await createBookStage({}, ids);
  const { ocrolus } = stage;
  ocrolus.says(calls.bookSummary('b'), error(425, 9004));
  await deliver(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  const status = calls.bookStatus({ bookUuid: 'b' });
  const shown = ocrolus.script(status);
  ocrolus.says(status, error(400, 1401));
  await stage.live(2);
  expect(await book(stage)).toMatchObject({ status: 'NOT_FOUND' });
  ocrolus.says(status, ...shown);
  saysAnalytics(ocrolus);
  await deliver(stage, 'BOOK_VERIFIED');
  await stage.live(3);
  expect(await book(stage)).toMatchObject({ status: 'VERIFIED', complete: true });
  expect(await results(stage)).toContain('summary b');
});

test('a verified book with a document at work is polled after the horizon too', async () => {
  const stage = await createBookStage({}, ['d', 'e']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e', 'VERIFYING')]);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(32);
  expect(await book(stage)).toMatchObject({ complete: false });
  saysEverything(ocrolus, 'b', ['d', 'e']);
  await stage.live(62);
  expect(await results(stage)).toContain('forms e');
});

test('a book at work that moves again after the horizon, as an event says, is polled at the usual pace', async () => {
  const stage = await createBookStage({}, ['d1', 'd2']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1', 'VERIFYING'), document('d2', 'VERIFYING')]);
  await announce(stage, 'document.upload_succeeded');
  await stage.live(35);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1'), document('d2', 'VERIFYING')]);
  await announce(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  saysEverything(ocrolus, 'b', ['d1', 'd2']);
  await stage.live(5);
  expect(await results(stage)).toContain('forms d2');
});

test('a book at work that lacks something for a month, and moves again as an event says', async () => {
  const stage = await createBookStage({}, ['d1', 'd2', 'd3']);
  const { ocrolus } = stage;
  const docs = (first: string) => [document('d1', first), document('d2', 'VERIFYING'), document('d3')];
  ocrolus.says(calls.documentForms('d3'), error(400, 1404));
  saysStatus(ocrolus, 'b', 'VERIFYING', docs('VERIFYING'));
  await deliver(stage, 'document.upload_succeeded');
  await stage.live(35);
  saysStatus(ocrolus, 'b', 'VERIFYING', docs('VERIFICATION_COMPLETE'));
  await deliver(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  saysEverything(ocrolus, 'b', ['d1', 'd2', 'd3']);
  await stage.live(5);
  expect(await results(stage)).toContain('forms d2');
});

test('an event that names an expired result brings it back, although the first answer is a refusal', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  await announce(stage, 'BOOK_VERIFIED');
  await stage.liveHours(2);
  await announce(stage, 'book.income.generated');
  await stage.live(40);
  expect(await stage.reader.missing('b')).toMatchObject([{ kind: 'income', state: 'expired' }]);
  await announce(stage, 'book.income.generated');
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [1] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await stage.live(10);
  expect(await results(stage)).toContain('income b');
});

test('an event that names forms which are expired brings them back, although the first answer is a refusal', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  ocrolus.says(calls.documentForms('d'), FORBIDDEN);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(40);
  expect(await stage.reader.missing('b')).toMatchObject([{ kind: 'forms', state: 'expired' }]);
  await announce(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysEverything(ocrolus);
  await stage.live(10);
  expect(await results(stage)).toContain('forms d');
});

test('an event that names what has been pending for a month has it asked at the usual pace', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  for (const call of [calls.bookSummary('b'), calls.cashFlowFeatures('b'), calls.enrichedTransactions('b')])
    ocrolus.says(call, error(425, 9004));
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(32);
  const event = delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt: stage.clock.iso() });
  for (let attempts = 1; attempts <= 3; attempts += 1) {
    await receive(stage.consumers, [event], { attempts });
    stage.clock.advance(15);
  }
  saysEverything(ocrolus);
  await stage.live(3);
  expect(await results(stage)).toContain('summary b');
});

test('book.completed that comes after the book was reopened does not complete the new generation', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  const late = delivery('book.completed', { bookUuid: 'b' }, { receivedAt: stage.clock.iso() });
  await receive(stage.consumers, [late]);
  expect(await book(stage)).toMatchObject({ completed: { state: 'completed' } });
  stage.clock.advance(7200);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'PROCESSING')]);
  await announce(stage, 'document.upload_succeeded');
  expect((await book(stage))?.completed).toBeUndefined();
  // The earlier message is delivered again.
  stage.clock.advance(60);
  await receive(stage.consumers, [late], { attempts: 2 });
  expect((await book(stage))?.completed).toBeUndefined();
});

test('signals that an event named while they were refused are still asked for once the book was at work in between', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  expect(await book(stage)).toMatchObject({ complete: true });
  const shown = ocrolus.script(calls.bookSignals('b'));
  ocrolus.says(calls.bookSignals('b'), FORBIDDEN);
  await deliver(stage, 'book.detect.signal_found');
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d')]);
  await announce(stage, 'document.upload_succeeded');
  await stage.liveHours(2);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.liveHours(2);
  expect(await book(stage)).toMatchObject({ complete: false, open: expect.arrayContaining(['signals']) });
  const asked = ocrolus.count('book-fraud-signals');
  ocrolus.says(calls.bookSignals('b'), ...shown);
  await stage.live(2);
  expect(ocrolus.count('book-fraud-signals')).toBe(asked + 1);
  expect(await book(stage)).toMatchObject({ complete: true });
});

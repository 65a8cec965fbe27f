import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error, signals } from '../consumers/testing/answers.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { createClock } from '../store/testing/clock.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { document, FORBIDDEN, saysBook, saysEverything, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver, deliverUntilDone, results } from './testing/harness.ts';

const STATUS = calls.bookStatus({ bookUuid: 'b' });

test('default: the event of a document of a classify-only book arrives a minute too early', async () => {
  const harness = await createBookHarness();
  const more = { book_class: 'INSTANT_CLASSIFY_ONLY' };
  harness.ocrolus.says(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
  saysBook(harness.ocrolus, 'b', { book_status: 'VERIFYING', docs: [document('d', 'PROCESSING')], ...more });
  await deliverUntilDone(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysBook(harness.ocrolus, 'b', { book_status: 'VERIFYING', docs: [document('d', 'COMPLETED')], ...more });
  await harness.live(5);
  expect(await results(harness)).toContain('forms d');
});

test('announced signals: an event of an unknown document while Book status is refused', async () => {
  const harness = await createBookHarness({ RESULTS: JSON.stringify({ signals: 'announced' }) }, ['d', 'e']);
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliverUntilDone(harness, 'document.upload_succeeded');
  harness.ocrolus.says(STATUS, FORBIDDEN);
  harness.ocrolus.says(calls.documentSignals('e'), FORBIDDEN);
  harness.ocrolus.says(calls.partSignals('e'), FORBIDDEN);
  harness.ocrolus.says(calls.bookSignals('b'), FORBIDDEN);
  await deliverUntilDone(harness, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  saysEverything(harness.ocrolus, 'b', ['d', 'e']);
  await harness.live(5);
  const e = (await harness.reader.documents('b')).find(({ docUuid }) => docUuid === 'e');
  expect(e?.detect?.state).toBe('COMPLETED');
});

test('always: the same', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  ocrolus.says(calls.documentSignals('e'), error(404, 1501));
  ocrolus.says(calls.partSignals('e'), error(404, 1501));
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  await deliverUntilDone(harness, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  await harness.live(1);
  saysEverything(ocrolus, 'b', ['d', 'e']);
  await harness.live(5);
  const e = (await harness.reader.documents('b')).find(({ docUuid }) => docUuid === 'e');
  expect(e?.detect?.state).toBe('COMPLETED');
});

test('after a change from `never` to `always`, everything of a finished book is fetched', async () => {
  const table = await memoryTable();
  const clock = createClock();
  const never = { forms: 'never', transactions: 'never', signals: 'never', summary: 'never' };
  const before = createPollerHarness(table, { RESULTS: JSON.stringify(never) }, { clock });
  saysEverything(before.ocrolus);
  await deliver(before, 'BOOK_VERIFIED');
  await deliver(before, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  await before.live(5);
  expect(await book(before)).toMatchObject({ complete: true });
  const after = createPollerHarness(table, {}, { clock, ocrolus: before.ocrolus });
  await after.live(5);
  expect(await results(after)).toEqual(expect.arrayContaining(['forms d', 'transactions d', 'summary b']));
});

test('a book that was only classified is upgraded', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  const more = { book_class: 'INSTANT_CLASSIFY_ONLY' };
  ocrolus.says(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
  saysBook(ocrolus, 'b', { book_status: 'VERIFYING', docs: [document('d', 'COMPLETED')], ...more });
  await deliverUntilDone(harness, 'document.upload_succeeded');
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ complete: true });
  saysBook(ocrolus, 'b', {
    book_status: 'VERIFIED',
    docs: [document('d', 'COMPLETED')],
    book_class: 'COMPLETE',
  });
  await harness.live(4);
  expect(await results(harness)).toEqual(expect.arrayContaining(['forms d', 'signals b', 'summary b']));
  expect(await book(harness)).toMatchObject({ complete: true });
});

test('never: the signals of a document are not requested, even if an event names them', async () => {
  const harness = await createBookHarness({ RESULTS: JSON.stringify({ signals: 'never' }) });
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await deliverUntilDone(harness, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  expect(harness.ocrolus.count('doc-fraud-signals')).toBe(0);
  expect(await results(harness)).not.toContain('signals d');
});

test('a book that is only classified ends, although one answer left out its class', async () => {
  const harness = await createBookHarness();
  harness.ocrolus.says(calls.classificationSummary('b'), { body: { forms: [] } });
  const says = (status: string, more: object) =>
    saysBook(harness.ocrolus, 'b', { book_status: 'VERIFYING', docs: [document('d', status)], ...more });
  const withClass = { book_class: 'INSTANT_CLASSIFY_ONLY' };
  says('PROCESSING', withClass);
  await deliver(harness, 'document.upload_succeeded');
  await harness.liveHours(3);
  says('CLASSIFIED', {});
  await harness.liveHours(3);
  says('CLASSIFIED', withClass);
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(await results(harness)).toEqual(['classification b']);
});

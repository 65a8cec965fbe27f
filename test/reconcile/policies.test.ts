import { describe, expect, test } from 'vitest';
import type { ResultKind } from '../../shared/events/catalog.ts';
import { POLL_EVENTS } from '../../shared/events/poll-events.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook, updateBook } from '../../shared/store/books.ts';
import { error, signals } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { createClock } from '../store/testing/clock.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { document, FORBIDDEN, saysBook, saysEverything, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver, deliverUntilDone, results } from './testing/harness.ts';

const STATUS = calls.bookStatus({ bookUuid: 'b' });

/** Policies other than the default, and books that are only classified. */
const ANNOUNCED = { RESULTS: JSON.stringify({ forms: 'announced', transactions: 'announced' }) };

test('announced: the event of a document arrives a minute before Book status shows that it is finished', async () => {
  const harness = await createBookHarness(ANNOUNCED);
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliverUntilDone(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysEverything(harness.ocrolus);
  await harness.live(5);
  expect(await results(harness)).toContain('forms d');
});

test('announced: Book status is refused when the event of a document arrives', async () => {
  const harness = await createBookHarness(ANNOUNCED);
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliverUntilDone(harness, 'document.upload_succeeded');
  harness.ocrolus.says(STATUS, FORBIDDEN);
  await deliverUntilDone(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysEverything(harness.ocrolus);
  await harness.live(5);
  expect(await results(harness)).toContain('forms d');
});

/** Events about documents that are not known yet, and must not be forgotten until they are. */
describe('announced: Book status lists the document later', () => {
  const createTwo = async () => {
    const harness = await createBookHarness(ANNOUNCED, ['d', 'e']);
    saysStatus(harness.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
    return harness;
  };
  const saysBoth = ({ ocrolus }: PollerHarness) => {
    saysEverything(ocrolus, 'b', ['d', 'e']);
    saysBook(ocrolus, 'b', {
      book_status: 'VERIFIED',
      docs: [document('d'), { ...document('e'), pk: 12, image_group_pk: 5 }],
      pk: 7,
    });
  };

  test.each([
    ['by its uuid', 'DOC_VERIFIED', { uploadedDocUuid: 'e' }],
    ['by its pk', 'DOC_VERIFIED', { uploadedDocPk: '12' }],
    ['by its image group', 'IMAGE_GROUP_VERIFIED', { imageGroupPk: '5' }],
  ])('an event names it %s', async (_, event, ids) => {
    const harness = await createTwo();
    await deliver(harness, 'document.upload_succeeded');
    await harness.liveHours(1);
    await deliverUntilDone(harness, event, ids);
    await harness.liveHours(1);
    saysBoth(harness);
    await harness.live(2);
    expect(await results(harness)).toContain('forms e');
    expect(await results(harness)).not.toContain('forms d');
    expect(await book(harness)).toMatchObject({ complete: true });
    expect(Object.keys((await readBook(harness.table, 'b'))?.entries ?? {})).not.toContain('forms#e');
  });

  test('an event is the first that names the book, and Book status is refused', async () => {
    const harness = await createTwo();
    harness.ocrolus.says(STATUS, FORBIDDEN);
    await deliverUntilDone(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'e' });
    await harness.liveHours(3);
    saysBoth(harness);
    await harness.live(2);
    expect(await results(harness)).toContain('forms e');
  });

  test('an event names the book by its pk, while Book status is refused', async () => {
    const harness = await createTwo();
    const byPk = calls.bookStatus({ bookPk: '7' });
    harness.ocrolus.says(byPk, FORBIDDEN);
    await deliverUntilDone(harness, 'DOC_VERIFIED', {
      bookUuid: undefined,
      bookPk: '7',
      uploadedDocUuid: 'e',
    });
    await harness.liveHours(3);
    saysBoth(harness);
    harness.ocrolus.says(byPk, ...harness.ocrolus.script(STATUS));
    await harness.live(2);
    expect(await results(harness)).toContain('forms e');
  });

  test('a document that is never listed does not keep a book incomplete', async () => {
    const harness = await createTwo();
    await deliverUntilDone(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'x' });
    saysBoth(harness);
    await harness.live(2);
    expect(await book(harness)).toMatchObject({ complete: true });
  });
});

test('announced, without quick retries: the event of a document arrives too early', async () => {
  const harness = await createBookHarness(ANNOUNCED);
  harness.consumers.dependencies.settings.QUICK_RETRY_SECONDS.length = 0;
  saysStatus(harness.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliver(harness, 'document.upload_succeeded');
  await harness.liveHours(1);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysEverything(harness.ocrolus);
  await harness.live(2);
  expect(await results(harness)).toContain('forms d');
});

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

test('a message with a canary that is delivered again does not use up the probes', async () => {
  const harness = await createBookHarness();
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(0.5);
  const before = harness.ocrolus.count('suspicious-activity-flags');
  harness.ocrolus.says(calls.bookSummary('b'), { httpStatus: 502, body: {} });
  const { eventName, channel } = POLL_EVENTS.results;
  const kinds = ['suspicious-activity', 'summary'] as const;
  const wants = kinds.map((kind) => ({ kind, subject: 'b' }));
  const sentAt = harness.clock.iso();
  await openEntryOf(harness, 'summary');
  const message = delivery(
    eventName,
    { bookUuid: 'b' },
    { channel, source: 'poll', sentAt, wants, canaries: ['suspicious-activity'] },
  );
  for (let attempts = 1; attempts <= 4; attempts += 1) {
    expect(await receive(harness.consumers, [message], { attempts })).toHaveLength(1);
    harness.clock.advance(60);
  }
  expect(harness.ocrolus.count('suspicious-activity-flags')).toBe(before + 1);
  const stored = await readBook(harness.table, 'b');
  expect(stored?.entries['suspicious-activity']).toMatchObject({ state: 'probe', refusals: 1 });
});

/** As an event that names it. */
async function openEntryOf({ table, clock }: Parameters<typeof book>[0], kind: ResultKind): Promise<void> {
  await updateBook(table, 'b', (current) => {
    const entry = current?.entries[kind];
    if (current === undefined || entry === undefined) return current;
    const opened = { ...entry, state: 'wanted', nextAt: clock.iso() } as const;
    return { ...current, entries: { ...current.entries, [kind]: opened } };
  });
}

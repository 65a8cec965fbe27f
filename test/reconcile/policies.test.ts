import { describe, expect, test } from 'vitest';
import type { ResultKind } from '../../shared/events/catalog.ts';
import { POLL_EVENTS } from '../../shared/events/poll-events.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook, updateBook } from '../../shared/store/books.ts';
import { error, signals } from '../consumers/testing/answers.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import { createPollerStage, type PollerStage } from '../poller/testing/stage.ts';
import { createClock } from '../store/testing/clock.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { document, FORBIDDEN, saysBook, saysEverything, saysStatus } from './testing/answers.ts';
import { announce, book, createBookStage, deliver, results } from './testing/stage.ts';

const STATUS = calls.bookStatus({ bookUuid: 'b' });

/** Policies other than the default, and books that are only classified. */
const ANNOUNCED = { RESULTS: JSON.stringify({ forms: 'announced', transactions: 'announced' }) };

test('announced: the event of a document comes a minute before Book status shows it finished', async () => {
  const stage = await createBookStage(ANNOUNCED);
  saysStatus(stage.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliver(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysEverything(stage.ocrolus);
  await stage.live(5);
  expect(await results(stage)).toContain('forms d');
});

test('announced: Book status is refused when the event of a document comes', async () => {
  const stage = await createBookStage(ANNOUNCED);
  saysStatus(stage.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliver(stage, 'document.upload_succeeded');
  stage.ocrolus.says(STATUS, FORBIDDEN);
  await deliver(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysEverything(stage.ocrolus);
  await stage.live(5);
  expect(await results(stage)).toContain('forms d');
});

/** Events about documents that are not known yet, and must not be forgotten until they are. */
describe('announced, and Book status lists the document only later', () => {
  const createTwo = async () => {
    const stage = await createBookStage(ANNOUNCED, ['d', 'e']);
    saysStatus(stage.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
    return stage;
  };
  const saysBoth = ({ ocrolus }: PollerStage) => {
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
    const stage = await createTwo();
    await announce(stage, 'document.upload_succeeded');
    await stage.liveHours(1);
    await deliver(stage, event, ids);
    await stage.liveHours(1);
    saysBoth(stage);
    await stage.live(2);
    expect(await results(stage)).toContain('forms e');
    expect(await results(stage)).not.toContain('forms d');
    expect(await book(stage)).toMatchObject({ complete: true });
    expect(Object.keys((await readBook(stage.table, 'b'))?.entries ?? {})).not.toContain('forms#e');
  });

  test('an event is the first that names the book, and Book status is refused', async () => {
    const stage = await createTwo();
    stage.ocrolus.says(STATUS, FORBIDDEN);
    await deliver(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'e' });
    await stage.liveHours(3);
    saysBoth(stage);
    await stage.live(2);
    expect(await results(stage)).toContain('forms e');
  });

  test('an event names the book by its pk, while Book status is refused', async () => {
    const stage = await createTwo();
    const byPk = calls.bookStatus({ bookPk: '7' });
    stage.ocrolus.says(byPk, FORBIDDEN);
    await deliver(stage, 'DOC_VERIFIED', { bookUuid: undefined, bookPk: '7', uploadedDocUuid: 'e' });
    await stage.liveHours(3);
    saysBoth(stage);
    stage.ocrolus.says(byPk, ...stage.ocrolus.script(STATUS));
    await stage.live(2);
    expect(await results(stage)).toContain('forms e');
  });

  test('a document that is never listed keeps no book incomplete', async () => {
    const stage = await createTwo();
    await deliver(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'x' });
    saysBoth(stage);
    await stage.live(2);
    expect(await book(stage)).toMatchObject({ complete: true });
  });
});

test('announced, without quick tries: the event of a document comes too early', async () => {
  const stage = await createBookStage(ANNOUNCED);
  stage.consumers.dependencies.settings.QUICK_RETRY_SECONDS.length = 0;
  saysStatus(stage.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await announce(stage, 'document.upload_succeeded');
  await stage.liveHours(1);
  await announce(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysEverything(stage.ocrolus);
  await stage.live(2);
  expect(await results(stage)).toContain('forms d');
});

test('default: the event of a document of a classify-only book comes a minute too early', async () => {
  const stage = await createBookStage();
  const more = { book_class: 'INSTANT_CLASSIFY_ONLY' };
  stage.ocrolus.says(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
  saysBook(stage.ocrolus, 'b', { book_status: 'VERIFYING', docs: [document('d', 'PROCESSING')], ...more });
  await deliver(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  saysBook(stage.ocrolus, 'b', { book_status: 'VERIFYING', docs: [document('d', 'COMPLETED')], ...more });
  await stage.live(5);
  expect(await results(stage)).toContain('forms d');
});

test('announced signals: an event of an unknown document while Book status is refused', async () => {
  const stage = await createBookStage({ RESULTS: JSON.stringify({ signals: 'announced' }) }, ['d', 'e']);
  saysStatus(stage.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliver(stage, 'document.upload_succeeded');
  stage.ocrolus.says(STATUS, FORBIDDEN);
  stage.ocrolus.says(calls.documentSignals('e'), FORBIDDEN);
  stage.ocrolus.says(calls.partSignals('e'), FORBIDDEN);
  stage.ocrolus.says(calls.bookSignals('b'), FORBIDDEN);
  await deliver(stage, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  saysEverything(stage.ocrolus, 'b', ['d', 'e']);
  await stage.live(5);
  const e = (await stage.reader.documents('b')).find(({ docUuid }) => docUuid === 'e');
  expect(e?.detect?.state).toBe('COMPLETED');
});

test('always: the same', async () => {
  const stage = await createBookStage({}, ['d', 'e']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  ocrolus.says(calls.documentSignals('e'), error(404, 1501));
  ocrolus.says(calls.partSignals('e'), error(404, 1501));
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  await deliver(stage, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  await stage.live(1);
  saysEverything(ocrolus, 'b', ['d', 'e']);
  await stage.live(5);
  const e = (await stage.reader.documents('b')).find(({ docUuid }) => docUuid === 'e');
  expect(e?.detect?.state).toBe('COMPLETED');
});

test('never becomes always: everything of a finished book is fetched', async () => {
  const table = await memoryTable();
  const clock = createClock();
  const never = { forms: 'never', transactions: 'never', signals: 'never', summary: 'never' };
  const before = createPollerStage(table, { RESULTS: JSON.stringify(never) }, { clock });
  saysEverything(before.ocrolus);
  await announce(before, 'BOOK_VERIFIED');
  await announce(before, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  await before.live(5);
  expect(await book(before)).toMatchObject({ complete: true });
  const after = createPollerStage(table, {}, { clock, ocrolus: before.ocrolus });
  await after.live(5);
  expect(await results(after)).toEqual(expect.arrayContaining(['forms d', 'transactions d', 'summary b']));
});

test('a book that was only classified is upgraded', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  const more = { book_class: 'INSTANT_CLASSIFY_ONLY' };
  ocrolus.says(calls.classificationSummary('b'), { body: { status: 200, response: { forms: [] } } });
  saysBook(ocrolus, 'b', { book_status: 'VERIFYING', docs: [document('d', 'COMPLETED')], ...more });
  await deliver(stage, 'document.upload_succeeded');
  await stage.live(2);
  expect(await book(stage)).toMatchObject({ complete: true });
  saysBook(ocrolus, 'b', {
    book_status: 'VERIFIED',
    docs: [document('d', 'COMPLETED')],
    book_class: 'COMPLETE',
  });
  await stage.live(4);
  expect(await results(stage)).toEqual(expect.arrayContaining(['forms d', 'signals b', 'summary b']));
  expect(await book(stage)).toMatchObject({ complete: true });
});

test('never: the signals of a document are not asked for, not even when an event names them', async () => {
  const stage = await createBookStage({ RESULTS: JSON.stringify({ signals: 'never' }) });
  await deliver(stage, 'BOOK_VERIFIED');
  await deliver(stage, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  expect(stage.ocrolus.count('doc-fraud-signals')).toBe(0);
  expect(await results(stage)).not.toContain('signals d');
});

test('a message with a canary that is delivered again does not use up the probes', async () => {
  const stage = await createBookStage();
  await deliver(stage, 'BOOK_VERIFIED');
  await stage.live(0.5);
  const before = stage.ocrolus.count('suspicious-activity-flags');
  stage.ocrolus.says(calls.bookSummary('b'), { httpStatus: 502, body: {} });
  const { eventName, channel } = POLL_EVENTS.results;
  const kinds = ['suspicious-activity', 'summary'] as const;
  const wants = kinds.map((kind) => ({ kind, subject: 'b' }));
  const sentAt = stage.clock.iso();
  await openEntryOf(stage, 'summary');
  const message = delivery(
    eventName,
    { bookUuid: 'b' },
    { channel, source: 'poll', sentAt, wants, canaries: ['suspicious-activity'] },
  );
  for (let attempts = 1; attempts <= 4; attempts += 1) {
    expect(await receive(stage.consumers, [message], { attempts })).toHaveLength(1);
    stage.clock.advance(60);
  }
  expect(stage.ocrolus.count('suspicious-activity-flags')).toBe(before + 1);
  const stored = await readBook(stage.table, 'b');
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

import { beforeEach, expect, test } from 'vitest';
import { observe } from '../../../functions/consumers/book-verified.ts';
import type { BookObservation, Envelope } from '../../../shared/events/envelope.ts';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { writeBook } from '../../../shared/store/books.ts';
import { document, WRITER } from '../../store/testing/observations.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, type ScriptedDocument, saysCaptured, TOO_EARLY } from '../testing/answers.ts';
import { createStage, delivery, type Receiving, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const says = (status: string, docs: readonly ScriptedDocument[] = []) =>
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs));
const tell = (more: Partial<Envelope> = {}, receiving: Receiving = {}) =>
  receive(stage, observe, [delivery('BOOK_VERIFIED', { bookUuid: 'b' }, more)], receiving);
const finished = (uuid: string) => ({ uuid, status: 'VERIFICATION_COMPLETE' });
const captured = async () =>
  (await stage.reader.documents('b')).flatMap(({ docUuid, capturedAt }) =>
    capturedAt === undefined ? [] : [docUuid],
  );

test('a verified book is written with its documents, and what they lack is fetched', async () => {
  says('VERIFIED', [finished('d1'), finished('d2'), { uuid: 'd3', status: 'REJECTED' }]);
  for (const docUuid of ['d1', 'd2']) saysCaptured(stage.ocrolus, 'b', docUuid);
  expect(await tell()).toEqual([]);
  expect(await stage.reader.book('b')).toMatchObject({ status: 'VERIFIED', capture: { state: 'complete' } });
  expect(await stage.reader.documents('b')).toHaveLength(3);
  expect(await captured()).toEqual(['d1', 'd2']);
});

test('what is there already is not fetched again', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(stage.ocrolus, 'b', 'd1');
  await tell();
  await tell();
  expect(stage.ocrolus.count('doc-form-data')).toBe(1);
  expect((await stage.reader.events('b')).map(({ outcome }) => outcome).sort()).toEqual([
    'applied',
    'unchanged',
  ]);
});

test('of a large book twenty documents are fetched along, and the capture is partial', async () => {
  const docs = Array.from({ length: 25 }, (_, n) => finished(`d${n}`));
  says('VERIFIED', docs);
  for (const { uuid } of docs) saysCaptured(stage.ocrolus, 'b', uuid);
  await tell();
  expect(await captured()).toHaveLength(20);
  expect(await stage.reader.documents('b')).toHaveLength(25);
  expect(await stage.reader.book('b')).toMatchObject({ capture: { state: 'partial' } });
});

test('of a large book, what fails in passing is left to those who bring the rest', async () => {
  const docs = Array.from({ length: 25 }, (_, n) => finished(`d${n}`));
  says('VERIFIED', docs);
  for (const { uuid } of docs) saysCaptured(stage.ocrolus, 'b', uuid);
  stage.ocrolus.says(calls.documentForms('d3'), new Failure('retry', 'http-503'));
  expect(await tell()).toEqual([]);
  expect(await captured()).toEqual(['d0', 'd1', 'd2']);
  expect(await stage.reader.documents('b')).toHaveLength(25);
  expect(await stage.reader.book('b')).toMatchObject({ capture: { state: 'partial' } });
});

test('a document that Ocrolus refuses does not hold up the book', async () => {
  says('VERIFIED', [finished('d1'), finished('d2')]);
  saysCaptured(stage.ocrolus, 'b', 'd2');
  stage.ocrolus.says(calls.documentForms('d1'), error(404, 1402));
  stage.ocrolus.says(calls.documentTransactions('b', 'd1'), error(404, 1402));
  expect(await tell()).toEqual([]);
  expect(await captured()).toEqual(['d1', 'd2']);
  expect(await stage.reader.book('b')).toMatchObject({ capture: { state: 'complete' } });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'applied', reason: '1402' }]);
});

test('a document that is not ready does not hold up the others, and the book waits for it', async () => {
  says('VERIFIED', [finished('d1'), finished('d2')]);
  for (const docUuid of ['d1', 'd2']) saysCaptured(stage.ocrolus, 'b', docUuid);
  stage.ocrolus.says(calls.documentForms('d1'), TOO_EARLY);
  await tell({}, { attempts: 3 });
  expect(await captured()).toEqual(['d2']);
  expect(await stage.reader.book('b')).not.toHaveProperty('capture');
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting' }]);
});

test('a fault in passing brings the message back, with what was fetched kept', async () => {
  says('VERIFIED', [finished('d1'), finished('d2')]);
  saysCaptured(stage.ocrolus, 'b', 'd1');
  stage.ocrolus.says(calls.documentForms('d2'), new Failure('retry', 'http-503'));
  expect(await tell()).toEqual(['message-0']);
  expect(await captured()).toEqual(['d1']);
});

test('a book that is not verified after all is written as it is, and waited for', async () => {
  says('VERIFYING', [finished('d1')]);
  await tell({}, { attempts: 3 });
  expect(await stage.reader.book('b')).toMatchObject({ status: 'VERIFYING', waiting: true });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: 'book-not-verified' }]);
});

test('a deleted book is done with', async () => {
  says('DELETED');
  expect(await tell()).toEqual([]);
  expect(await stage.reader.book('b')).toMatchObject({ status: 'DELETED' });
});

test('a webhook makes the poller look again after the grace time', async () => {
  says('VERIFIED');
  const start = stage.clock.now().getTime();
  await tell();
  const { dueAt = '' } = (await stage.reader.book('b')) ?? {};
  expect(Math.round((Date.parse(dueAt) - start) / 1000)).toBe(600);
});

const seenBy = (seconds: number, status: string, docUuids: readonly string[]): BookObservation => ({
  bookUuid: 'b',
  status,
  observedAt: new Date(stage.clock.now().getTime() + seconds * 1000).toISOString(),
  documents: docUuids.map((docUuid) => document('VERIFICATION_COMPLETE', docUuid)),
});

test('what the poller has just seen is not asked again; what it saw long ago is', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(stage.ocrolus, 'b', 'd1');
  await tell({ source: 'poll', observation: seenBy(-60, 'VERIFIED', ['d1']) });
  expect(stage.ocrolus.count('book-status')).toBe(0);
  expect(await captured()).toEqual(['d1']);

  await tell({ source: 'poll', observation: seenBy(-200, 'VERIFIED', ['d1']) });
  expect(stage.ocrolus.count('book-status')).toBe(1);
});

test('a book that others saw verified a moment later is captured all the same', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(stage.ocrolus, 'b', 'd1');
  await writeBook(stage.table, seenBy(1, 'VERIFIED', ['d1']), WRITER);
  await tell();
  expect(await captured()).toEqual(['d1']);
  expect(await stage.reader.book('b')).toMatchObject({ capture: { state: 'complete' } });
});

test('a book that others saw reopened a moment later is left to them', async () => {
  says('VERIFIED', [finished('d1')]);
  await writeBook(stage.table, seenBy(1, 'VERIFYING', ['d1']), WRITER);
  expect(await tell()).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'stale' }]);
  expect(stage.ocrolus.count('doc-form-data')).toBe(0);
});

test('only a message of the poller that brought something new counts as recovered', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(stage.ocrolus, 'b', 'd1');
  await tell({ source: 'poll' });
  await tell({ source: 'poll' });
  await tell();
  const recovered = stage.counted.filter(({ name }) => name === 'RecoveredByPoll');
  expect(recovered).toEqual([{ name: 'RecoveredByPoll', dimensions: { channel: 'book-verified' } }]);
});

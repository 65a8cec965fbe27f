import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { writeBook } from '../../shared/store/books.ts';
import { ensureBook } from '../../shared/store/known-books.ts';
import { writeStrand } from '../../shared/store/strands.ts';
import { bookStatus, error, type ScriptedDocument } from '../consumers/testing/answers.ts';
import { observation, second, WRITER } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { createPollerStage, type PollerStage } from './testing/stage.ts';

const createTable = useTables();
let stage: PollerStage;
beforeEach(async () => {
  stage = createPollerStage(await createTable());
});

const says = (status: string, docs: readonly ScriptedDocument[] = []) =>
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs));
const channels = () => stage.sent.splice(0).map(({ channel }) => channel);
const book = () => stage.reader.book('b');
/** Seconds until the next look. */
const untilNext = async () =>
  Math.round((Date.parse((await book())?.dueAt ?? '') - stage.clock.now().getTime()) / 1000);
const store = (status: string) =>
  writeBook(stage.table, observation('b', 0, status), { ...WRITER, dueAt: second(50) });

test('a book that nobody has observed yet is told at once, with what was seen', async () => {
  await ensureBook(stage.table, { bookId: 'b', bookUuid: 'b' }, WRITER);
  says('VERIFIED');
  expect(await stage.visitDue()).toBe(1);
  expect(stage.sent).toEqual([
    expect.objectContaining({
      channel: 'lifecycle',
      eventName: 'poll.status',
      ids: { bookUuid: 'b' },
      carry: true,
      observation: expect.objectContaining({ status: 'VERIFIED', observedAt: second(100) }),
    }),
  ]);
  expect(await untilNext()).toBe(600);
});

test('a book at work that moved is told at once', async () => {
  await store('PROCESSING');
  says('VERIFYING');
  await stage.visitDue();
  expect(channels()).toEqual(['lifecycle']);
});

test('a book that became verified is told only after the grace time: its webhook may be on its way', async () => {
  await store('VERIFYING');
  says('VERIFIED');
  await stage.visitDue();
  expect(channels()).toEqual([]);
  expect(await untilNext()).toBe(600);

  stage.clock.advance(600);
  await stage.visitDue();
  expect(channels()).toEqual(['book-verified']);
});

test('when the webhook has come in the meantime nothing is sent, and the book is settled', async () => {
  await store('VERIFYING');
  says('VERIFIED');
  await stage.visitDue();
  const at = second(200);
  await writeBook(stage.table, observation('b', 200, 'VERIFIED'), WRITER);
  for (const strand of ['analytics', 'detect'] as const)
    await writeStrand(stage.table, 'b', strand, { state: 'available', at }, 1, WRITER);
  await writeStrand(stage.table, 'b', 'capture', { state: 'complete', at }, 1, WRITER);

  stage.clock.advance(600);
  expect(await stage.visitDue()).toBe(0);
  expect(await book()).toMatchObject({ settledAt: expect.any(String) });
  expect(await untilNext()).toBe(3600);
});

test('a book that moves again begins its grace time anew', async () => {
  await store('VERIFYING');
  says('VERIFIED', [{ uuid: 'd1', status: 'REJECTED' }]);
  await stage.visitDue();
  stage.clock.advance(600);
  says('VERIFIED', [
    { uuid: 'd1', status: 'REJECTED' },
    { uuid: 'd2', status: 'REJECTED' },
  ]);
  await stage.visitDue();
  expect(channels()).toEqual([]);
  expect(await untilNext()).toBe(600);
});

test('what is still missing is sent once more at the next look', async () => {
  await store('VERIFYING');
  says('VERIFIED');
  for (let look = 0; look < 3; look += 1) {
    await stage.visitDue();
    stage.clock.advance(601);
  }
  expect(channels()).toEqual(['book-verified', 'book-verified']);
});

test('an operator who asks now need not wait for the grace time', async () => {
  await store('VERIFYING');
  says('VERIFIED');
  await stage.visitDue('now');
  expect(channels()).toEqual(['book-verified']);
});

test('a deleted book is written as such, and then not looked at any more', async () => {
  await store('VERIFIED');
  says('DELETED');
  await stage.visitDue();
  expect(channels()).toEqual(['lifecycle']);
  await writeBook(stage.table, observation('b', 200, 'DELETED'), { ...WRITER, source: 'poll' });
  stage.clock.advance(601);
  await stage.visitDue();
  expect(channels()).toEqual([]);
  expect(await book()).not.toHaveProperty('dueAt');
});

test('a deleted book whose news was lost is told again', async () => {
  await store('VERIFIED');
  says('DELETED');
  await stage.visitDue();
  stage.clock.advance(601);
  await stage.visitDue();
  expect(channels()).toEqual(['lifecycle', 'lifecycle']);
});

test('a book that Ocrolus does not know is looked at ever more rarely, until the horizon', async () => {
  await ensureBook(stage.table, { bookId: 'b', bookUuid: 'b' }, WRITER);
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), error(404, 1401));
  expect(await stage.visitDue()).toBe(0);
  expect(await untilNext()).toBe(3600);
  stage.clock.advance(31 * 86_400);
  await stage.visitDue();
  expect(await book()).not.toHaveProperty('dueAt');
});

test('when Ocrolus fails in passing the book stays due as it was', async () => {
  await store('VERIFYING');
  const before = await book();
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), new Failure('retry', 'network'));
  await expect(stage.visitDue()).rejects.toMatchObject({ class: 'retry' });
  expect(await book()).toEqual(before);
});

test('when the messages cannot be sent the book stays due, and all is sent the next time', async () => {
  await store('PROCESSING');
  says('VERIFYING');
  const failing = createPollerStage(stage.table, {}, { send: async () => Promise.reject(new Error('SQS')) });
  failing.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  await expect(failing.visitDue()).rejects.toThrow('SQS');
  await stage.visitDue();
  expect(channels()).toEqual(['lifecycle']);
});

test('a book of which only the pk is known is asked for by it, and told by it', async () => {
  await ensureBook(stage.table, { bookId: 'pk-77', bookPk: '77' }, WRITER);
  stage.ocrolus.says(calls.bookStatus({ bookPk: '77' }), bookStatus('b', 'VERIFYING', [], { pk: 77 }));
  await stage.visitDue();
  expect(stage.sent).toMatchObject([
    { channel: 'lifecycle', ids: { bookPk: '77' }, observation: { bookUuid: 'b' } },
  ]);
});

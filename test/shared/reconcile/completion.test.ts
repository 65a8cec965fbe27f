import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { document, FORBIDDEN } from '../../functions/consumers/testing/answers.ts';
import { look } from '../../functions/consumers/testing/harness.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

const saysAnalytics = (version: number) =>
  book.answers(calls.analytics({ bookUuid: 'b' }), { body: { version } });

const completeAt = async () => (await book.shown())?.completeAt;

/** The time at which the book became complete, hours ago. */
let before: string | undefined;
beforeEach(async () => {
  book.says('VERIFIED', [document('d')]);
  saysAnalytics(1);
  await book.deliver('ANALYTICS_COMPLETED');
  await book.complete();
  before = await completeAt();
  expect(before).toBeDefined();
  book.clock.advance(3600);
});

const isComplete = async () => (await book.shown())?.complete === true;

async function isMovedBy(eventName: string, ids = {}): Promise<boolean> {
  const from = book.clock.iso();
  await book.deliver(eventName, ids);
  await book.liveUntil(isComplete);
  const after = (await completeAt()) ?? '';
  if (after === before) return false;
  expect(after >= from).toBe(true);
  return true;
}

test('the same bodies again do not complete the book again', async () => {
  expect(await isMovedBy('ANALYTICS_COMPLETED')).toBe(false);
  expect(await isMovedBy('DOC_VERIFIED', { uploadedDocUuid: 'd' })).toBe(false);
});

test('another body of the book does', async () => {
  saysAnalytics(2);
  expect(await isMovedBy('ANALYTICS_COMPLETED')).toBe(true);
});

test('another body of a document does', async () => {
  book.answers(calls.documentForms('d'), { body: { status: 200, response: { forms: [1] } } });
  expect(await isMovedBy('DOC_VERIFIED', { uploadedDocUuid: 'd' })).toBe(true);
});

test('another generation does, with the same bodies', async () => {
  book.says('VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  await book.deliver('document.upload_succeeded', { uploadedDocUuid: 'e' });
  await book.liveUntil(async () => !(await isComplete()));
  book.says('VERIFIED', [document('d')]);
  expect(await isMovedBy('BOOK_VERIFIED')).toBe(true);
  expect(await book.shown()).toMatchObject({ generation: 2 });
});

test('another body does that a function stored which then died', async () => {
  saysAnalytics(2);
  let isStored = false;
  book.beforeWrite = (item) => {
    if (isStored && item === 'BOOK') throw new Error('killed');
    isStored ||= item === 'RESULT#analytics#b';
  };
  const event = book.event('ANALYTICS_COMPLETED');
  await book.receive([event]).catch(() => undefined);
  expect(isStored).toBe(true);
  book.beforeWrite = () => {};
  book.clock.advance(400);
  await book.receive([event], { attempts: 2 });
  await book.liveUntil(isComplete);
  expect(await completeAt()).not.toBe(before);
});

test('a body does whose result has another part that is refused', async () => {
  book.answers(calls.incomeCalculations('b'), { body: { incomes: [1] } });
  book.answers(calls.incomeSummary('b'), FORBIDDEN);
  await book.live(15);
  expect(await book.stored()).toContain('income b');
  expect(await completeAt()).not.toBe(before);
});

test('a body does that a look stored which then died, whatever later looks are told', async () => {
  book.saysIncome([1]);
  let isStored = false;
  book.beforeWrite = (item) => {
    if (isStored && item === 'BOOK') throw new Error('killed');
    isStored ||= item.startsWith('RESULT#income#');
  };
  for (let day = 0; day < 15 && !isStored; day += 1) {
    book.clock.advance(86_400);
    await book.receive([look('b')]).catch(() => undefined);
  }
  expect(isStored).toBe(true);
  book.beforeWrite = () => {};
  for (const call of [calls.incomeCalculations('b'), calls.incomeSummary('b')]) book.answers(call, FORBIDDEN);
  book.clock.advance(400);
  await book.look();
  await book.live(15);
  expect(await book.stored()).toContainEqual(expect.stringMatching(/^income /));
  expect(await completeAt()).not.toBe(before);
});

test('a book of version 0.2, which has only the time, keeps it', async () => {
  await book.table.update({ bookId: 'b', item: 'BOOK' }, { set: { lastComplete: undefined } });
  expect(await isMovedBy('document.upload_succeeded', { uploadedDocUuid: 'd' })).toBe(false);
  expect(await book.item()).toMatchObject({ lastComplete: { at: before } });
});

import { describe, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { document, error, FORBIDDEN } from '../../functions/consumers/testing/answers.ts';
import { look } from '../../functions/consumers/testing/harness.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

const MINUTE = 60;
const STATUS = calls.bookStatus({ bookUuid: 'b' });
const D = { uploadedDocUuid: 'd' };
const MANY = Array.from({ length: 60 }, (_, n) => `d${n}`);

/** A delivery marks the document, and its function dies. */
async function markAndDie(attempts: number): Promise<void> {
  book.ocrolus.before = () => Promise.reject(new Error('killed'));
  await book.deliver('DOC_VERIFIED', D, { attempts });
  book.ocrolus.before = () => {};
}

/** An active book whose document waits. */
async function startActive(): Promise<void> {
  book.says('VERIFYING', [document('d', 'QUEUED')]);
  await book.deliver('document.upload_succeeded', D);
}

const becomesDue = async () => book.clock.advance(await book.untilDue());

describe('a delivery', () => {
  test('that marks something while its book is looked at has it asked for right after', async () => {
    await book.complete();
    book.ocrolus.before = () => markAndDie(1);
    await book.look('now');
    expect(await book.missing()).toEqual([]);
  });

  test('does not postpone the look at its book', async () => {
    await startActive();
    await book.look('now');
    const before = await book.shown();
    book.clock.advance(MINUTE);
    await book.deliver('document.upload_succeeded', D);
    expect((await book.shown())?.dueAt).toBe(before?.dueAt);
  });

  test('has what it names marked, if Book status, which another one needs, shows nothing new', async () => {
    await book.complete();
    book.answers(calls.incomeCalculations('b'), FORBIDDEN);
    await book.receive([book.event('document.upload_succeeded', D), book.event('book.income.generated', D)]);
    expect(await book.shown()).toMatchObject({ complete: false, open: ['income'] });
  });
});

describe('BOOK_VERIFIED', () => {
  test('does not ask for what another event asks for itself', async () => {
    await startActive();
    book.saysEverything('d');
    book.during('form', async () => {
      await book.deliver('BOOK_VERIFIED');
    });
    await book.deliver('DOC_VERIFIED', D);
    expect(book.ocrolus.count('doc-form-data')).toBe(1);
  });

  test('asks for no document again if it is a copy, also if Book status is asked for another event', async () => {
    await book.deliver('BOOK_VERIFIED');
    book.clock.advance(11 * MINUTE);
    await book.look('now');
    const before = book.ocrolus.count('doc-form-data');
    await book.receive([book.event('BOOK_VERIFIED'), book.event('document.upload_succeeded', D)]);
    expect(book.ocrolus.count('doc-form-data')).toBe(before);
  });

  test('announces a second correction within minutes, too', async () => {
    await book.complete();
    for (const version of ['first', 'second']) {
      book.clock.advance(2 * MINUTE);
      book.answers(calls.documentForms('d'), { body: { response: { forms: [version] } } });
      await book.deliver('BOOK_VERIFIED');
    }
    await book.liveHours(1);
    expect(await book.body('forms', 'd')).toContain('second');
  });
});

describe('a look that Ocrolus does not answer is tried again soon', () => {
  test('also if a delivery comes with it', async () => {
    await startActive();
    await book.live(1);
    await becomesDue();
    book.answers(STATUS, { httpStatus: 500, body: {} });
    const event = book.event('book.detect.signal_found', {}, { channel: 'book-results' });
    await book.receive([look('b'), event]);
    expect(await book.untilDue()).toBeLessThanOrEqual(6 * MINUTE);
  });

  // A delivery that finds the book complete postpones it to its regular look, days later.
  test('whatever comes meanwhile, if its book is complete', async () => {
    await book.complete();
    await becomesDue();
    book.answers(STATUS, { httpStatus: 500, body: {} });
    await book.receive([look('b')]);
    expect(await book.untilDue()).toBeLessThanOrEqual(6 * MINUTE);
    await book.deliver('book.detect.signal_found');
    expect(await book.untilDue()).toBeLessThanOrEqual(6 * MINUTE);
  });
});

describe('a look', () => {
  test('for which there is no permit leaves the book as it was: due', async () => {
    await book.complete();
    await becomesDue();
    book.answers(STATUS, new Failure('retry', 'rate-limit'));
    const before = await book.shown();
    await book.receive([look('b')]);
    expect(await book.shown()).toEqual(before);
  });

  test('that takes long is not handed over again while it works', async () => {
    book.saysEverything(...MANY);
    await book.liveAfter('document.upload_succeeded', { hours: 1 });
    book.clock.advance(3600);
    let meanwhile: number | undefined;
    book.ocrolus.before = async (target) => {
      if (target.includes('form')) meanwhile ??= await book.untilDue();
    };
    await book.look();
    expect(meanwhile).toBeGreaterThan(5 * MINUTE);
  });

  test('that is received again is followed by another one: the first may have died', async () => {
    await book.complete();
    await becomesDue();
    await book.receive([look('b')], { attempts: 2 });
    expect(await book.untilDue()).toBeLessThanOrEqual(15 * MINUTE);
  });

  test('that fails is given up after three attempts, and its book handed over again in a quarter of an hour', async () => {
    await startActive();
    book.clock.advance(700);
    book.ocrolus.before = () => Promise.reject(new Error('the bucket is down'));
    const message = look('b');
    expect(await book.receive([message], { attempts: 1 })).toEqual(['message-0']);
    expect(await book.receive([message], { attempts: 2 })).toEqual(['message-0']);
    expect(await book.receive([message], { attempts: 3 })).toEqual([]);
    expect(await book.untilDue()).toBeCloseTo(15 * MINUTE, -1);
  });
});

test('each function that may have died is followed by a look, which finds what it has marked, also days after another one', async () => {
  await book.complete();
  for (const version of ['first', 'second']) {
    await markAndDie(2);
    expect(await book.shown()).toMatchObject({ complete: false });
    expect(await book.untilDue()).toBeLessThanOrEqual(15 * MINUTE);
    expect(Date.parse((await book.item())?.again ?? '')).toBeGreaterThan(book.clock.now());
    book.answers(calls.documentForms('d'), { body: { response: { forms: [version] } } });
    book.clock.advance(16 * MINUTE);
    await book.look();
    expect(await book.body('forms', 'd')).toContain(version);
    await book.live(2);
  }
});

test('a function that may have died ten minutes after another one has a look of its own', async () => {
  await book.complete();
  await markAndDie(2);
  book.clock.advance(10 * MINUTE);
  await markAndDie(2);
  const again = Date.parse((await book.item())?.again ?? '');
  expect(again - book.clock.now()).toBeGreaterThan(14 * MINUTE * 1000);
});

test.each([
  ['an active book that changes again', []],
  ['an active book that changes again, and misses a result', [document('f')]],
])('what is asked for once a month is asked for at the usual pace after an event: %s', async (_, others) => {
  book.saysEverything('d', 'e', 'f');
  book.answers(calls.documentForms('f'), error(400, 1404));
  book.says('VERIFYING', [document('d', 'VERIFYING'), document('e', 'VERIFYING'), ...others]);
  await book.untilDone('document.upload_succeeded');
  await book.live(35);
  book.says('VERIFYING', [document('d'), document('e', 'VERIFYING'), ...others]);
  await book.untilDone('DOC_VERIFIED', { uploadedDocUuid: 'd' });
  book.saysEverything('d', 'e', 'f');
  await book.live(5);
  expect(await book.stored()).toContain('forms e');
});

test('a book.completed that arrives after the book was reopened does not complete the new generation', async () => {
  await book.complete();
  const late = book.event('book.completed');
  await book.receive([late]);
  expect(await book.shown()).toMatchObject({ completed: { state: 'completed' } });
  book.clock.advance(7200);
  book.says('VERIFYING', [document('d'), document('e', 'PROCESSING')]);
  await book.deliver('document.upload_succeeded');
  const completed = async () => (await book.shown())?.completed;
  expect(await completed()).toBeUndefined();
  // The earlier message is delivered again.
  book.clock.advance(60);
  await book.receive([late], { attempts: 2 });
  expect(await completed()).toBeUndefined();
  // Ocrolus had sent it twice, and the other one has waited in its queue.
  await book.receive([{ ...late, deliveryId: 'another' }]);
  expect(await completed()).toBeUndefined();
});

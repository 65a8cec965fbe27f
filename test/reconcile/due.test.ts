import { expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { look, receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import type { PollerHarness } from '../poller/testing/harness.ts';
import { document, FORBIDDEN, saysStatus } from './testing/answers.ts';
import { book, createBookHarness, deliver } from './testing/harness.ts';

const MINUTE = 60_000;

const STATUS = calls.bookStatus({ bookUuid: 'b' });

/** A complete book, a day after its end. */
async function completeBook(): Promise<PollerHarness> {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  return harness;
}

/** A delivery marks the document, and its function dies. */
async function markAndDie(harness: PollerHarness, attempts: number): Promise<void> {
  const { ocrolus } = harness;
  ocrolus.before = () => Promise.reject(new Error('killed'));
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts });
  ocrolus.before = () => {};
}

/** Milliseconds until the book is looked at. */
const pause = async (harness: PollerHarness) =>
  Date.parse((await book(harness))?.dueAt ?? '9999-01-01') - harness.clock.now();

async function lookNow(harness: PollerHarness): Promise<void> {
  await harness.run(300_000, 'now');
  await harness.process();
}

test('what is marked while its book is looked at is asked for right after', async () => {
  const harness = await completeBook();
  const { ocrolus } = harness;
  ocrolus.before = () => markAndDie(harness, 1);
  await lookNow(harness);
  expect(await harness.reader.missing('b')).toEqual([]);
});

test('a delivery does not postpone the look at its book', async () => {
  const harness = await createBookHarness();
  const { ocrolus, clock } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'QUEUED')]);
  await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'd' });
  await lookNow(harness);
  const before = await book(harness);
  clock.advance(60);
  await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'd' });
  expect((await book(harness))?.dueAt).toBe(before?.dueAt);
});

test('a look that Ocrolus does not answer is tried again soon, also if a delivery comes with it', async () => {
  const harness = await createBookHarness();
  const { ocrolus, clock } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'QUEUED')]);
  await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'd' });
  await harness.live(1);
  clock.advance((await pause(harness)) / 1000);
  ocrolus.says(STATUS, { httpStatus: 500, body: {} });
  const event = delivery('book.detect.signal_found', { bookUuid: 'b' }, { channel: 'book-results' });
  await receive(harness.consumers, [look('b'), event]);
  expect(await pause(harness)).toBeLessThanOrEqual(6 * MINUTE);
});

// A delivery that finds the book complete postpones it to its regular look, days later.
test('a look at a complete book that Ocrolus does not answer is tried again soon, whatever comes meanwhile', async () => {
  const harness = await completeBook();
  const { ocrolus, clock } = harness;
  clock.advance((await pause(harness)) / 1000);
  ocrolus.says(STATUS, { httpStatus: 500, body: {} });
  await receive(harness.consumers, [look('b')]);
  expect(await pause(harness)).toBeLessThanOrEqual(6 * MINUTE);
  await deliver(harness, 'book.detect.signal_found');
  expect(await pause(harness)).toBeLessThanOrEqual(6 * MINUTE);
});

test('a look for which there is no permit leaves the book as it was: due', async () => {
  const harness = await completeBook();
  const { ocrolus, clock } = harness;
  clock.advance((await pause(harness)) / 1000);
  ocrolus.says(STATUS, new Failure('retry', 'rate-limit'));
  const before = await book(harness);
  await receive(harness.consumers, [look('b')]);
  expect(await book(harness)).toEqual(before);
});

test('what an event asks for itself is not asked for by the event of the whole book, too', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING')]);
  await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'd' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  ocrolus.before = async (target) => {
    if (!target.includes('form')) return;
    ocrolus.before = () => {};
    await deliver(harness, 'BOOK_VERIFIED');
  };
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  expect(ocrolus.count('doc-form-data')).toBe(1);
});

test('a look that takes long is not handed over again while it works', async () => {
  const many = Array.from({ length: 60 }, (_, n) => `d${n}`);
  const harness = await createBookHarness({}, many);
  const { ocrolus } = harness;
  await deliver(harness, 'document.upload_succeeded');
  await harness.liveHours(1);
  harness.clock.advance(3600);
  let meanwhile: number | undefined;
  ocrolus.before = async (target) => {
    if (target.includes('form')) meanwhile ??= await pause(harness);
  };
  await harness.run();
  await harness.process();
  expect(meanwhile).toBeGreaterThan(5 * MINUTE);
});

test('what an event names is marked if Book status, which another event needs, shows nothing new', async () => {
  const harness = await completeBook();
  harness.ocrolus.says(calls.incomeCalculations('b'), FORBIDDEN);
  const ids = { bookUuid: 'b', uploadedDocUuid: 'd' };
  const events = [delivery('document.upload_succeeded', ids), delivery('book.income.generated', ids)];
  await receive(harness.consumers, events);
  expect(await book(harness)).toMatchObject({ complete: false, open: ['income'] });
});

test('a copy of BOOK_VERIFIED asks for no document again, also if Book status is asked for another event', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  harness.clock.advance(11 * 60);
  await lookNow(harness);
  const before = harness.ocrolus.count('doc-form-data');
  const ids = { bookUuid: 'b', uploadedDocUuid: 'd' };
  await receive(harness.consumers, [
    delivery('BOOK_VERIFIED', { bookUuid: 'b' }),
    delivery('document.upload_succeeded', ids),
  ]);
  expect(harness.ocrolus.count('doc-form-data')).toBe(before);
});

test('a look that is received again is followed by another one: the first may have died', async () => {
  const harness = await completeBook();
  harness.clock.advance((await pause(harness)) / 1000);
  await receive(harness.consumers, [look('b')], { attempts: 2 });
  expect(await pause(harness)).toBeLessThanOrEqual(15 * MINUTE);
});

test('of two corrections within minutes that only the book announces, the second is fetched, too', async () => {
  const harness = await completeBook();
  for (const version of ['first', 'second']) {
    harness.clock.advance(120);
    harness.ocrolus.says(calls.documentForms('d'), { body: { response: { forms: [version] } } });
    await deliver(harness, 'BOOK_VERIFIED');
  }
  await harness.liveHours(1);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('second');
});

test('each function that may have died is followed by a look, also days after another one', async () => {
  const harness = await completeBook();
  for (let day = 0; day < 2; day += 1) {
    await markAndDie(harness, 2);
    expect(await pause(harness)).toBeLessThanOrEqual(15 * MINUTE);
    expect(Date.parse((await book(harness))?.again ?? '')).toBeGreaterThan(harness.clock.now());
    await harness.live(2);
  }
});

test('a function that may have died ten minutes after another one has a look of its own', async () => {
  const harness = await completeBook();
  const { clock } = harness;
  await markAndDie(harness, 2);
  clock.advance(10 * 60);
  await markAndDie(harness, 2);
  expect(Date.parse((await book(harness))?.again ?? '') - clock.now()).toBeGreaterThan(14 * MINUTE);
});

test('a look that fails is given up after three attempts, and its book handed over again in a quarter of an hour', async () => {
  const harness = await createBookHarness();
  const { ocrolus, clock, consumers } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'QUEUED')]);
  await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'd' });
  clock.advance(700);
  ocrolus.before = () => Promise.reject(new Error('the bucket is down'));
  const message = look('b');
  expect(await receive(consumers, [message], { attempts: 1 })).toEqual(['message-0']);
  expect(await receive(consumers, [message], { attempts: 2 })).toEqual(['message-0']);
  expect(await receive(consumers, [message], { attempts: 3 })).toEqual([]);
  expect(await pause(harness)).toBeCloseTo(15 * MINUTE, -4);
});

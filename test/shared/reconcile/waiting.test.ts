import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { document, error, FORBIDDEN, TOO_EARLY } from '../../functions/consumers/testing/answers.ts';
import { useBook } from './testing/book.ts';

/* What alarms look at: for how long results have been missing that could not be had, and why. */

const book = useBook();

const D = { uploadedDocUuid: 'd' };
const FORMS = calls.documentForms('d');
const waits = () => book.consumers.recorded.filter((line) => line.startsWith('ResultWaiting'));

beforeEach(async () => {
  await book.deliver('DOC_VERIFIED', D);
  await book.complete(4);
  book.consumers.recorded.length = 0;
});

test('a request that fails says since when it does, at every attempt', async () => {
  book.answers(FORMS, error(500, 500));
  await book.deliver('DOC_VERIFIED', D);
  book.clock.advance(3);
  await book.deliver('DOC_VERIFIED', D, { attempts: 2 });
  await book.liveHours(1);
  expect(waits().slice(0, 2)).toEqual(['ResultWaiting failed 0', 'ResultWaiting failed 3']);
  const minutes = waits().map((line) => Number(line.split(' ')[2]) / 60);
  expect(minutes.at(-1)).toBeGreaterThan(15);
  expect(minutes.toSorted((a, b) => a - b)).toEqual(minutes);
});

test('a failure after hours of "not yet" has just begun', async () => {
  book.answers(FORMS, TOO_EARLY);
  await book.deliver('DOC_VERIFIED', D);
  await book.liveHours(3);
  expect(waits()).toEqual([]);
  book.answers(FORMS, error(500, 500));
  await book.lookNext();
  expect(waits()).toEqual(['ResultWaiting failed 0']);
});

test('a refusal counts from the first request', async () => {
  book.answers(FORMS, FORBIDDEN);
  await book.deliver('DOC_VERIFIED', D);
  await book.liveHours(2);
  expect(waits()[0]).toBe('ResultWaiting refused 0');
  expect(waits().length).toBeGreaterThan(1);
});

test('a bug is counted as one', async () => {
  book.ocrolus.before = (target) => {
    if (target.includes('form')) throw new TypeError('a bug');
  };
  await book.deliver('DOC_VERIFIED', D);
  expect(waits()).toEqual(['ResultWaiting bug 0']);
});

test('a book whose status Ocrolus does not show says what it lacks', async () => {
  book.answers(FORMS, error(500, 500));
  await book.deliver('DOC_VERIFIED', D);
  book.consumers.recorded.length = 0;
  book.answers(calls.bookStatus({ bookUuid: 'b' }), error(503, 503));
  await book.lookNext();
  expect(waits()).toEqual([expect.stringMatching(/^ResultWaiting failed 3\d\d$/)]);
});

test('nothing is written while Ocrolus answers', async () => {
  book.says('VERIFYING', [document('d'), document('e', 'QUEUED')]);
  await book.liveHours(6);
  expect(waits()).toEqual([]);
});

import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { bookStatus, TOO_EARLY } from '../consumers/testing/answers.ts';
import { saysAnalytics } from '../consumers/testing/complete-book.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

let harness: PollerHarness;
beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  says('VERIFYING');
  saysAnalytics(harness.ocrolus);
  // It has looked like this for an hour: no webhook about it is on its way.
  await deliver('document.upload_succeeded');
  harness.clock.advance(3600);
  for (const row of await harness.due()) await harness.pollRow(row);
});

const says = (status: string, docs: readonly { uuid: string; status: string }[] = []) =>
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs));
/** An event that finds nothing yet, once its quick tries are over. */
const deliver = (eventName: string, ids = {}) =>
  receive(
    harness.consumers,
    [delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt: harness.clock.iso() })],
    { attempts: 3 },
  );
const book = () => readBook(harness.table, 'b');
const entry = async (name: string) => (await book())?.entries[name];
const pollAt = async (time: string | undefined) => {
  harness.clock.advance((Date.parse(time ?? '') - harness.clock.now()) / 1000);
  for (const row of await harness.due()) await harness.pollRow(row);
};
const wants = () =>
  harness.sent
    .splice(0)
    .flatMap(({ wants: some = [] }) => some.map(({ kind, subject }) => `${kind} ${subject}`));

test('an open entry is requested when it is due, with all the ids it needs', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await deliver('book.analytics_v2.generated');
  await pollAt((await entry('summary'))?.nextAt);
  expect(harness.sent).toMatchObject([
    { eventName: 'poll.results', ids: { bookUuid: 'b' }, wants: [{ kind: 'summary', subject: 'b' }] },
  ]);
});

test('before that it is not requested, and the book is due by then', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await deliver('book.analytics_v2.generated');
  const { nextAt = '' } = (await entry('summary')) ?? {};
  await pollAt((await book())?.dueAt);
  if (harness.clock.iso() < nextAt) {
    expect(wants()).toEqual([]);
    expect(((await book())?.dueAt ?? '') <= nextAt).toBe(true);
  }
  await pollAt(nextAt);
  expect(wants()).toEqual(['summary b']);
});

test('requested results have time to be processed before they are requested again', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await deliver('book.analytics_v2.generated');
  await pollAt((await entry('summary'))?.nextAt);
  expect(wants()).toEqual(['summary b']);
  harness.clock.advance(599);
  for (const row of await harness.due()) await harness.pollRow(row);
  expect(wants()).toEqual([]);
  harness.clock.advance(2);
  for (const row of await harness.due()) await harness.pollRow(row);
  expect(wants()).toEqual(['summary b']);
});

test('several things are open, each by its own clock', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  harness.ocrolus.says(calls.suspiciousActivityFlags('b'), { httpStatus: 403, body: {} });
  await deliver('book.analytics_v2.generated');
  harness.clock.advance(200);
  await deliver('SUSPICIOUS_ACTIVITY');
  await pollAt((await entry('summary'))?.nextAt);
  expect(wants()).toEqual(['summary b']);
  // The round that was just sent comes first.
  await pollAt((await book())?.dueAt);
  expect(wants()).toContain('suspicious-activity b');
});

test('a result that is not ready is requested less and less often, monthly after the horizon, and expires after a year', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await deliver('book.analytics_v2.generated');
  const since = harness.clock.now();
  const askedInDay: number[] = [];
  const askedAfter: number[] = [];
  const before = harness.ocrolus.count('Book-summary');
  while ((await entry('summary'))?.state === 'pending') {
    harness.clock.advance(Math.max(0, Date.parse((await book())?.dueAt ?? '') - harness.clock.now()) / 1000);
    await harness.pollRow({ bookId: 'b', item: 'BOOK', dueAt: '' });
    await harness.process();
    const days = (harness.clock.now() - since) / 86_400_000;
    if (days < 1) askedInDay.push(harness.ocrolus.count('Book-summary') - before);
    if (days > 31) askedAfter.push(harness.ocrolus.count('Book-summary'));
  }
  expect(askedInDay.at(-1)).toBeLessThan(15);
  expect((askedAfter.at(-1) ?? 0) - (askedAfter[0] ?? 0)).toBeLessThan(14);
  expect(await entry('summary')).toMatchObject({ state: 'expired', code: '1404' });
  expect((harness.clock.now() - since) / 86_400_000).toBeGreaterThan(365);
  expect(await harness.reader.missing('b')).toMatchObject([{ state: 'expired' }]);
});

test('what was announced of a business is kept when its book is reopened', async () => {
  says('VERIFIED', [{ uuid: 'd', status: 'REJECTED' }]);
  await deliver('BOOK_VERIFIED');
  harness.ocrolus.says(calls.business('b', 'biz'), { body: { middesk_response: { status: 'pending' } } });
  await deliver('MIDDESK_VERIFIED', { businessUuid: 'biz' });
  const docs = [
    { uuid: 'd', status: 'REJECTED' },
    { uuid: 'e', status: 'VERIFYING' },
  ];
  says('VERIFYING', docs);
  harness.clock.advance(60);
  await deliver('document.upload_succeeded', { uploadedDocUuid: 'e' });
  expect(await book()).toMatchObject({ generation: 2 });
  expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'business', subject: 'biz' }]);
  harness.ocrolus.says(calls.business('b', 'biz'), { body: { middesk_response: { status: 'approved' } } });
  await harness.live(1);
  expect(await harness.reader.results('b')).toMatchObject([{ summary: { status: 'approved' } }]);
});

test('what was announced of a request is kept when its book is reopened', async () => {
  says('VERIFIED', [{ uuid: 'd', status: 'REJECTED' }]);
  await deliver('BOOK_VERIFIED');
  harness.ocrolus.says(calls.asyncAnalyticsResult('r'), TOO_EARLY);
  await deliver('ANALYTICS_COMPLETED', { analyticsRequestId: 'r' });
  says('VERIFYING', [{ uuid: 'e', status: 'VERIFYING' }]);
  harness.clock.advance(60);
  await deliver('document.upload_succeeded', { uploadedDocUuid: 'e' });
  expect(await book()).toMatchObject({ generation: 2 });
  harness.ocrolus.says(calls.asyncAnalyticsResult('r'), {
    body: { response: { r: { analytics_status: 'COMPLETED', analytics: {} } } },
  });
  await harness.live(1);
  expect(await harness.reader.results('b')).toMatchObject([{ kind: 'analytics', subject: 'r' }]);
});

test('what was announced of an unfinished book is kept when it is finished, and reopened', async () => {
  harness.ocrolus.says(calls.incomeCalculations('b'), TOO_EARLY);
  harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await deliver('book.income.generated');
  const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
  says('VERIFIED', docs);
  harness.clock.advance(60);
  await deliver('document.upload_succeeded', { uploadedDocUuid: 'd' });
  expect(await harness.reader.missing('b')).toContainEqual(expect.objectContaining({ kind: 'income' }));
  says('VERIFYING', [...docs, { uuid: 'e', status: 'VERIFYING' }]);
  harness.clock.advance(60);
  await deliver('document.upload_succeeded', { uploadedDocUuid: 'e' });
  says('VERIFIED', [...docs, { uuid: 'e', status: 'REJECTED' }]);
  harness.clock.advance(60);
  await deliver('document.upload_succeeded', { uploadedDocUuid: 'e' });
  expect(await entry('income')).toMatchObject({ state: 'wanted', version: 2 });
});

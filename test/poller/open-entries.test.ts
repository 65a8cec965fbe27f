import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { bookStatus, TOO_EARLY } from '../consumers/testing/answers.ts';
import { saysAnalytics } from '../consumers/testing/complete-book.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { createPollerStage, type PollerStage } from './testing/stage.ts';

let stage: PollerStage;
beforeEach(async () => {
  stage = createPollerStage(await memoryTable());
  says('VERIFYING');
  saysAnalytics(stage.ocrolus);
  // It has looked like this for an hour: no webhook about it is on its way.
  await announce('document.upload_succeeded');
  stage.clock.advance(3600);
  for (const row of await stage.due()) await stage.pollRow(row);
});

const says = (status: string, docs: readonly { uuid: string; status: string }[] = []) =>
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs));
/** An event that finds nothing yet, once its quick tries are over. */
const announce = (eventName: string, ids = {}) =>
  receive(
    stage.consumers,
    [delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt: stage.clock.iso() })],
    { attempts: 3 },
  );
const book = () => readBook(stage.table, 'b');
const entry = async (name: string) => (await book())?.entries[name];
const pollAt = async (time: string | undefined) => {
  stage.clock.advance((Date.parse(time ?? '') - stage.clock.now()) / 1000);
  for (const row of await stage.due()) await stage.pollRow(row);
};
const wants = () =>
  stage.sent
    .splice(0)
    .flatMap(({ wants: some = [] }) => some.map(({ kind, subject }) => `${kind} ${subject}`));

test('what is open is asked for when its time has come, and with what it needs', async () => {
  stage.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await announce('book.analytics_v2.generated');
  await pollAt((await entry('summary'))?.nextAt);
  expect(stage.sent).toMatchObject([
    { eventName: 'poll.results', ids: { bookUuid: 'b' }, wants: [{ kind: 'summary', subject: 'b' }] },
  ]);
});

test('before that it is not asked for, and the book is due by then', async () => {
  stage.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await announce('book.analytics_v2.generated');
  const { nextAt = '' } = (await entry('summary')) ?? {};
  await pollAt((await book())?.dueAt);
  if (stage.clock.iso() < nextAt) {
    expect(wants()).toEqual([]);
    expect(((await book())?.dueAt ?? '') <= nextAt).toBe(true);
  }
  await pollAt(nextAt);
  expect(wants()).toEqual(['summary b']);
});

test('what was asked for has time to be processed before it is asked for again', async () => {
  stage.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await announce('book.analytics_v2.generated');
  await pollAt((await entry('summary'))?.nextAt);
  expect(wants()).toEqual(['summary b']);
  stage.clock.advance(599);
  for (const row of await stage.due()) await stage.pollRow(row);
  expect(wants()).toEqual([]);
  stage.clock.advance(2);
  for (const row of await stage.due()) await stage.pollRow(row);
  expect(wants()).toEqual(['summary b']);
});

test('several things are open, each by its own clock', async () => {
  stage.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  stage.ocrolus.says(calls.suspiciousActivityFlags('b'), { httpStatus: 403, body: {} });
  await announce('book.analytics_v2.generated');
  stage.clock.advance(200);
  await announce('SUSPICIOUS_ACTIVITY');
  await pollAt((await entry('summary'))?.nextAt);
  expect(wants()).toEqual(['summary b']);
  // The round that was just sent comes first.
  await pollAt((await book())?.dueAt);
  expect(wants()).toContain('suspicious-activity b');
});

test('what does not come is requested less and less often, monthly after the horizon, and expires after a year', async () => {
  stage.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
  await announce('book.analytics_v2.generated');
  const since = stage.clock.now();
  const askedInDay: number[] = [];
  const askedAfter: number[] = [];
  const before = stage.ocrolus.count('Book-summary');
  while ((await entry('summary'))?.state === 'pending') {
    stage.clock.advance(Math.max(0, Date.parse((await book())?.dueAt ?? '') - stage.clock.now()) / 1000);
    await stage.pollRow({ bookId: 'b', item: 'BOOK', dueAt: '' });
    await stage.process();
    const days = (stage.clock.now() - since) / 86_400_000;
    if (days < 1) askedInDay.push(stage.ocrolus.count('Book-summary') - before);
    if (days > 31) askedAfter.push(stage.ocrolus.count('Book-summary'));
  }
  expect(askedInDay.at(-1)).toBeLessThan(15);
  expect((askedAfter.at(-1) ?? 0) - (askedAfter[0] ?? 0)).toBeLessThan(14);
  expect(await entry('summary')).toMatchObject({ state: 'expired', code: '1404' });
  expect((stage.clock.now() - since) / 86_400_000).toBeGreaterThan(365);
  expect(await stage.reader.missing('b')).toMatchObject([{ state: 'expired' }]);
});

test('what was announced of a business survives that its book is reopened', async () => {
  says('VERIFIED', [{ uuid: 'd', status: 'REJECTED' }]);
  await announce('BOOK_VERIFIED');
  stage.ocrolus.says(calls.business('b', 'biz'), { body: { middesk_response: { status: 'pending' } } });
  await announce('MIDDESK_VERIFIED', { businessUuid: 'biz' });
  const docs = [
    { uuid: 'd', status: 'REJECTED' },
    { uuid: 'e', status: 'VERIFYING' },
  ];
  says('VERIFYING', docs);
  stage.clock.advance(60);
  await announce('document.upload_succeeded', { uploadedDocUuid: 'e' });
  expect(await book()).toMatchObject({ generation: 2 });
  expect(await stage.reader.missing('b')).toMatchObject([{ kind: 'business', subject: 'biz' }]);
  stage.ocrolus.says(calls.business('b', 'biz'), { body: { middesk_response: { status: 'approved' } } });
  await stage.live(1);
  expect(await stage.reader.results('b')).toMatchObject([{ summary: { status: 'approved' } }]);
});

test('what was announced of a request survives that its book is reopened', async () => {
  says('VERIFIED', [{ uuid: 'd', status: 'REJECTED' }]);
  await announce('BOOK_VERIFIED');
  stage.ocrolus.says(calls.asyncAnalyticsResult('r'), TOO_EARLY);
  await announce('ANALYTICS_COMPLETED', { analyticsRequestId: 'r' });
  says('VERIFYING', [{ uuid: 'e', status: 'VERIFYING' }]);
  stage.clock.advance(60);
  await announce('document.upload_succeeded', { uploadedDocUuid: 'e' });
  expect(await book()).toMatchObject({ generation: 2 });
  stage.ocrolus.says(calls.asyncAnalyticsResult('r'), {
    body: { response: { r: { analytics_status: 'COMPLETED', analytics: {} } } },
  });
  await stage.live(1);
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'analytics', subject: 'r' }]);
});

test('what was announced of a book that is not finished yet survives that it is finished, and reopened', async () => {
  stage.ocrolus.says(calls.incomeCalculations('b'), TOO_EARLY);
  stage.ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await announce('book.income.generated');
  const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
  says('VERIFIED', docs);
  stage.clock.advance(60);
  await announce('document.upload_succeeded', { uploadedDocUuid: 'd' });
  expect(await stage.reader.missing('b')).toContainEqual(expect.objectContaining({ kind: 'income' }));
  says('VERIFYING', [...docs, { uuid: 'e', status: 'VERIFYING' }]);
  stage.clock.advance(60);
  await announce('document.upload_succeeded', { uploadedDocUuid: 'e' });
  says('VERIFIED', [...docs, { uuid: 'e', status: 'REJECTED' }]);
  stage.clock.advance(60);
  await announce('document.upload_succeeded', { uploadedDocUuid: 'e' });
  expect(await entry('income')).toMatchObject({ state: 'wanted', version: 2 });
});

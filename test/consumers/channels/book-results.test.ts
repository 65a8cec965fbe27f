import { beforeEach, expect, test } from 'vitest';
import { observe as bookDetect } from '../../../functions/consumers/book-detect.ts';
import { observe as classification } from '../../../functions/consumers/classification.ts';
import { observe as income } from '../../../functions/consumers/income.ts';
import { observe as middesk } from '../../../functions/consumers/middesk-verified.ts';
import { observe as suspiciousActivity } from '../../../functions/consumers/suspicious-activity.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { writeDocumentDetect } from '../../../shared/store/documents.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, signals } from '../testing/answers.ts';
import { createStage, delivery, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  stage.ocrolus.says(
    calls.bookStatus({ bookUuid: 'b' }),
    bookStatus('b', 'VERIFYING', [{ uuid: 'd', status: 'CLASSIFIED' }]),
  );
});

const results = async () =>
  (await stage.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);

test('suspicious activity: the flags of the book, counted', async () => {
  const flags = [{ suspicious_activity_detected: true }, { suspicious_activity_detected: false }];
  const body = { response: { suspicious_activity_results: [{ flags }] } };
  stage.ocrolus.says(calls.suspiciousActivityFlags('b'), { body });
  await receive(stage, suspiciousActivity, [delivery('SUSPICIOUS_ACTIVITY', { bookUuid: 'b' })]);
  expect(await stage.reader.results('b')).toMatchObject([
    { kind: 'suspicious-activity', subject: 'b', summary: { flags: 2, detected: 1 } },
  ]);
});

test('income: the calculations and their summary', async () => {
  stage.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [{}] } });
  stage.ocrolus.says(calls.incomeSummary('b'), { body: { income_summary_data: [] } });
  await receive(stage, income, [delivery('book.income.generated', { bookUuid: 'b' })]);
  expect(await results()).toEqual(['income b', 'income b@summary']);
  expect(await stage.reader.book('b')).toMatchObject({ income: { state: 'available' } });
});

test('income that was edited since is stored anew, under the next generation', async () => {
  stage.ocrolus.says(calls.incomeSummary('b'), { body: {} });
  for (const amount of ['1.00', '2.00']) {
    stage.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [{ amount }] } });
    await receive(stage, income, [delivery('book.income.updated', { bookUuid: 'b' })]);
  }
  expect(await stage.reader.results('b')).toMatchObject([{ generation: 2 }, { generation: 1 }]);
  expect(String(await stage.reader.resultBody('b', 'income'))).toContain('2.00');
});

test('classification: the summary of the book, and its documents as they are', async () => {
  stage.ocrolus.says(calls.classificationSummary('b'), { body: { response: { forms: [] } } });
  await receive(stage, classification, [delivery('book.classified', { bookUuid: 'b' })]);
  expect(await results()).toEqual(['classification b']);
  expect(await stage.reader.documents('b')).toMatchObject([{ docUuid: 'd', status: 'CLASSIFIED' }]);
});

test('Middesk: the business that the event names', async () => {
  stage.ocrolus.says(calls.business('b', 'biz'), { body: { middesk_response: { status: 'approved' } } });
  await receive(stage, middesk, [delivery('MIDDESK_VERIFIED', { bookUuid: 'b', businessUuid: 'biz' })]);
  expect(await stage.reader.results('b')).toMatchObject([
    { kind: 'business', subject: 'biz', summary: { status: 'approved' } },
  ]);
});

test('Middesk without a business: those that are known, else the event is refused', async () => {
  const unnamed = () => delivery('MIDDESK_VERIFIED', { bookUuid: 'b' });
  await receive(stage, middesk, [unnamed()]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'refused', reason: 'no-business-id' }]);

  stage.ocrolus.says(calls.business('b', 'biz'), { body: { middesk_response: { status: 'pending' } } });
  await receive(stage, middesk, [delivery('MIDDESK_VERIFIED', { bookUuid: 'b', businessUuid: 'biz' })]);
  stage.ocrolus.says(calls.business('b', 'biz'), { body: { middesk_response: { status: 'approved' } } });
  await receive(stage, middesk, [unnamed()]);
  expect(await stage.reader.results('b')).toMatchObject([{ summary: { status: 'approved' } }]);
});

test('Detect of a book: all its signals, and what they say of documents whose own event did not come', async () => {
  const told = { state: 'COMPLETED', at: '2026-03-02T08:00:00.000Z' };
  await writeDocumentDetect(stage.table, 'b', 'd', told, 1);
  stage.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'COMPLETED' }));
  await receive(stage, bookDetect, [delivery('book.detect.signal_found', { bookUuid: 'b' })]);
  expect(await results()).toEqual(['signals b']);
  expect(await stage.reader.documents('b')).toMatchObject([
    { docUuid: 'd', detect: told },
    { docUuid: 'e', detect: { state: 'COMPLETED' } },
  ]);
  expect(await stage.reader.book('b')).toMatchObject({ detect: { state: 'available' } });
});

test('Detect of a book that the poller asked for: the events of its documents may have been lost too', async () => {
  stage.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'UNABLE_TO_PROCESS' }));
  const asked = delivery('poll.detect', { bookUuid: 'b' }, { source: 'poll', channel: 'book-detect' });
  await receive(stage, bookDetect, [asked]);
  expect(await stage.reader.documents('b')).toMatchObject([
    { docUuid: 'd', detect: { state: 'COMPLETED' } },
    { docUuid: 'e', detect: { state: 'UNABLE_TO_PROCESS' } },
  ]);
});

test('Detect of a book that is not done with all documents is waited for', async () => {
  stage.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'PENDING' }));
  await receive(stage, bookDetect, [delivery('book.detect.signal_found', { bookUuid: 'b' })], {
    attempts: 3,
  });
  expect(await results()).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: 'detect-pending' }]);
});

test('what does not apply to a book is written on it, so that the poller does not ask again', async () => {
  stage.ocrolus.says(calls.bookSignals('b'), error(403, 9005));
  await receive(stage, bookDetect, [delivery('book.detect.signal_found', { bookUuid: 'b' })]);
  expect(await stage.reader.book('b')).toMatchObject({ detect: { state: 'refused', reason: '9005' } });
});

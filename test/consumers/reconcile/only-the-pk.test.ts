import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, saysCaptured } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

const createTable = useTables();
let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await createTable());
});

const byPk = calls.bookStatus({ bookPk: '77' });

test('a book that an event names by its pk is stored under its uuid', async () => {
  harness.ocrolus.says(byPk, bookStatus('b', 'VERIFIED', [], { pk: 77 }));
  await receive(harness, [delivery('BOOK_VERIFIED', { bookPk: '77' })]);
  expect(await harness.reader.book('b')).toMatchObject({ bookUuid: 'b', bookPk: '77', status: 'VERIFIED' });
  expect(await harness.reader.events('b')).toMatchObject([{ eventName: 'BOOK_VERIFIED' }]);
  expect(await harness.reader.book('pk-77')).toBeUndefined();
  expect(await harness.reader.events('pk-77')).toEqual([]);
});

test('while Ocrolus does not know it the poller asks; once it does, everything moves to its uuid', async () => {
  harness.ocrolus.says(byPk, error(404, 1401));
  const event = delivery('book.income.generated', { bookPk: '77' });
  await receive(harness, [event], { attempts: 3 });
  expect(await harness.reader.events('pk-77')).toMatchObject([{ outcome: 'waiting', reason: '1401' }]);
  expect(await harness.reader.book('pk-77')).toMatchObject({ bookPk: '77', dueAt: expect.any(String) });
  expect(await harness.reader.missing('pk-77')).toMatchObject([{ kind: 'income', subject: 'pk-77' }]);

  harness.ocrolus.says(byPk, bookStatus('b', 'VERIFYING', [], { pk: 77 }));
  const found = { source: 'poll', channel: 'lifecycle' } as const;
  await receive(harness, [delivery('poll.status', { bookPk: '77' }, found)]);
  expect(await harness.reader.book('pk-77')).toBeUndefined();
  expect(await harness.reader.events('b')).toHaveLength(2);
  expect(await harness.reader.book('b')).toMatchObject({ status: 'VERIFYING', dueAt: expect.any(String) });
  expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'income', subject: 'b' }]);
});

test('a delivery that failed while only the pk was known is in the ledger once, under the uuid', async () => {
  harness.ocrolus.says(byPk, { httpStatus: 503, body: {} });
  const event = delivery('BOOK_VERIFIED', { bookPk: '77' });
  await receive(harness, [event]);
  await receive(harness, [event], { attempts: 2 });
  expect(await harness.reader.events('pk-77')).toMatchObject([{ outcome: 'retrying' }]);
  harness.ocrolus.says(byPk, bookStatus('b', 'VERIFIED', [], { pk: 77 }));
  expect(await receive(harness, [event], { attempts: 3 })).toEqual([]);
  expect(await harness.reader.events('pk-77')).toEqual([]);
  expect(await harness.reader.events('b')).toMatchObject([{ codes: ['http-503', 'http-503'], attempts: 3 }]);
});

test('what a copy of a finished message leaves under the pk is found by the poller, and moved', async () => {
  harness.ocrolus.says(byPk, { httpStatus: 503, body: {} });
  await receive(harness, [delivery('BOOK_VERIFIED', { bookPk: '77' })]);
  expect(await harness.reader.book('pk-77')).toMatchObject({ bookPk: '77', dueAt: expect.any(String) });
});

test('an attempt that learned the uuid passes it to the next one, which may be refused', async () => {
  const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
  const ofDocument = { bookPk: '77', uploadedDocUuid: 'd' };
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs, { pk: 77 }));
  harness.ocrolus.says(byPk, bookStatus('b', 'VERIFYING', docs, { pk: 77 }));
  saysCaptured(harness.ocrolus, 'b', 'd');
  await receive(harness, [delivery('DOC_VERIFIED', ofDocument)]);
  harness.clock.advance(3600);
  const again = delivery('DOC_VERIFIED', ofDocument, { receivedAt: harness.clock.iso() });
  harness.ocrolus.says(calls.documentForms('d'), new Failure('retry', 'network'));
  expect(await receive(harness, [again])).toHaveLength(1);
  harness.ocrolus.says(byPk, error(400, 2102));
  harness.ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['new'] } } });
  expect(await receive(harness, [again], { attempts: 2 })).toEqual([]);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('new');
  expect(await harness.reader.events('pk-77')).toEqual([]);
  expect(await harness.reader.book('pk-77')).toBeUndefined();
});

test('a result of an unknown book creates the book, for the poller to poll', async () => {
  harness.ocrolus.says(byPk, bookStatus('b', 'VERIFIED', [], { pk: 77 }));
  harness.ocrolus.says(calls.suspiciousActivityFlags('b'), { body: { response: {} } });
  await receive(harness, [delivery('SUSPICIOUS_ACTIVITY', { bookPk: '77' })]);
  expect(await harness.reader.results('b')).toMatchObject([{ kind: 'suspicious-activity', subject: 'b' }]);
  expect(await harness.reader.book('b')).toMatchObject({ bookUuid: 'b', dueAt: expect.any(String) });
  expect(await harness.reader.missing('b')).toEqual([]);
});

import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, saysCaptured } from '../testing/answers.ts';
import { createStage, delivery, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const byPk = calls.bookStatus({ bookPk: '77' });

test('a book that an event names by its pk is stored under its uuid', async () => {
  stage.ocrolus.says(byPk, bookStatus('b', 'VERIFIED', [], { pk: 77 }));
  await receive(stage, [delivery('BOOK_VERIFIED', { bookPk: '77' })]);
  expect(await stage.reader.book('b')).toMatchObject({ bookUuid: 'b', bookPk: '77', status: 'VERIFIED' });
  expect(await stage.reader.events('b')).toMatchObject([{ eventName: 'BOOK_VERIFIED' }]);
  expect(await stage.reader.book('pk-77')).toBeUndefined();
  expect(await stage.reader.events('pk-77')).toEqual([]);
});

test('while Ocrolus does not know it the poller asks; once it does, everything moves to its uuid', async () => {
  stage.ocrolus.says(byPk, error(404, 1401));
  const event = delivery('book.income.generated', { bookPk: '77' });
  await receive(stage, [event], { attempts: 3 });
  expect(await stage.reader.events('pk-77')).toMatchObject([{ outcome: 'waiting', reason: '1401' }]);
  expect(await stage.reader.book('pk-77')).toMatchObject({ bookPk: '77', dueAt: expect.any(String) });
  expect(await stage.reader.missing('pk-77')).toMatchObject([{ kind: 'income', subject: 'pk-77' }]);

  stage.ocrolus.says(byPk, bookStatus('b', 'VERIFYING', [], { pk: 77 }));
  const found = { source: 'poll', channel: 'lifecycle' } as const;
  await receive(stage, [delivery('poll.status', { bookPk: '77' }, found)]);
  expect(await stage.reader.book('pk-77')).toBeUndefined();
  expect(await stage.reader.events('b')).toHaveLength(2);
  expect(await stage.reader.book('b')).toMatchObject({ status: 'VERIFYING', dueAt: expect.any(String) });
  expect(await stage.reader.missing('b')).toMatchObject([{ kind: 'income', subject: 'b' }]);
});

test('a delivery that failed while only the pk was known is in the ledger once, under the uuid', async () => {
  stage.ocrolus.says(byPk, { httpStatus: 503, body: {} });
  const event = delivery('BOOK_VERIFIED', { bookPk: '77' });
  await receive(stage, [event]);
  await receive(stage, [event], { attempts: 2 });
  expect(await stage.reader.events('pk-77')).toMatchObject([{ outcome: 'retrying' }]);
  stage.ocrolus.says(byPk, bookStatus('b', 'VERIFIED', [], { pk: 77 }));
  expect(await receive(stage, [event], { attempts: 3 })).toEqual([]);
  expect(await stage.reader.events('pk-77')).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ codes: ['http-503', 'http-503'], attempts: 3 }]);
});

test('what a copy of a finished message leaves under the pk is found by the poller, and moved', async () => {
  stage.ocrolus.says(byPk, { httpStatus: 503, body: {} });
  await receive(stage, [delivery('BOOK_VERIFIED', { bookPk: '77' })]);
  expect(await stage.reader.book('pk-77')).toMatchObject({ bookPk: '77', dueAt: expect.any(String) });
});

test('an attempt that learned the uuid passes it to the next one, which may be refused', async () => {
  const docs = [{ uuid: 'd', status: 'VERIFICATION_COMPLETE' }];
  const ofDocument = { bookPk: '77', uploadedDocUuid: 'd' };
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs, { pk: 77 }));
  stage.ocrolus.says(byPk, bookStatus('b', 'VERIFYING', docs, { pk: 77 }));
  saysCaptured(stage.ocrolus, 'b', 'd');
  await receive(stage, [delivery('DOC_VERIFIED', ofDocument)]);
  stage.clock.advance(3600);
  const again = delivery('DOC_VERIFIED', ofDocument, { receivedAt: stage.clock.iso() });
  stage.ocrolus.says(calls.documentForms('d'), new Failure('retry', 'network'));
  expect(await receive(stage, [again])).toHaveLength(1);
  stage.ocrolus.says(byPk, error(400, 2102));
  stage.ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['new'] } } });
  expect(await receive(stage, [again], { attempts: 2 })).toEqual([]);
  expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toContain('new');
  expect(await stage.reader.events('pk-77')).toEqual([]);
  expect(await stage.reader.book('pk-77')).toBeUndefined();
});

test('a result of a book that nothing has named before makes the book, for the poller to look at', async () => {
  stage.ocrolus.says(byPk, bookStatus('b', 'VERIFIED', [], { pk: 77 }));
  stage.ocrolus.says(calls.suspiciousActivityFlags('b'), { body: { response: {} } });
  await receive(stage, [delivery('SUSPICIOUS_ACTIVITY', { bookPk: '77' })]);
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'suspicious-activity', subject: 'b' }]);
  expect(await stage.reader.book('b')).toMatchObject({ bookUuid: 'b', dueAt: expect.any(String) });
  expect(await stage.reader.missing('b')).toEqual([]);
});

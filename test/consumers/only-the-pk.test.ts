import { beforeEach, expect, test } from 'vitest';
import { observe as bookVerified } from '../../functions/consumers/book-verified.ts';
import { observe as lifecycle } from '../../functions/consumers/lifecycle.ts';
import { observe as suspiciousActivity } from '../../functions/consumers/suspicious-activity.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { useTables } from '../store/testing/table.ts';
import { bookStatus, error } from './testing/answers.ts';
import { createStage, delivery, receive, type Stage } from './testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const byPk = calls.bookStatus({ bookPk: '77' });

test('a book that an event names by its pk is stored under its uuid', async () => {
  stage.ocrolus.says(byPk, bookStatus('b', 'VERIFIED', [], { pk: 77 }));
  await receive(stage, bookVerified, [delivery('BOOK_VERIFIED', { bookPk: '77' })]);
  expect(await stage.reader.book('b')).toMatchObject({ bookUuid: 'b', bookPk: '77', status: 'VERIFIED' });
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'applied' }]);
  expect(await stage.reader.book('pk-77')).toBeUndefined();
});

test('while Ocrolus does not know it the poller looks for it; once it does, all moves to its uuid', async () => {
  stage.ocrolus.says(byPk, error(404, 1401));
  const event = delivery('BOOK_VERIFIED', { bookPk: '77' });
  await receive(stage, bookVerified, [event], { attempts: 3 });
  expect(await stage.reader.events('pk-77')).toMatchObject([{ outcome: 'refused' }]);
  expect(await stage.reader.book('pk-77')).toMatchObject({ bookPk: '77', dueAt: expect.any(String) });

  stage.ocrolus.says(byPk, bookStatus('b', 'VERIFYING', [], { pk: 77 }));
  const found = { source: 'poll', channel: 'lifecycle' } as const;
  await receive(stage, lifecycle, [delivery('poll.status', { bookPk: '77' }, found)]);
  expect(await stage.reader.book('pk-77')).toBeUndefined();
  expect(await stage.reader.events('b')).toHaveLength(2);
  expect(await stage.reader.book('b')).toMatchObject({ status: 'VERIFYING', dueAt: expect.any(String) });
});

test('a result of a book that nobody has seen yet makes the book, for the poller to look at', async () => {
  stage.ocrolus.says(byPk, bookStatus('b', 'VERIFIED', [], { pk: 77 }));
  stage.ocrolus.says(calls.suspiciousActivityFlags('b'), { body: { response: {} } });
  await receive(stage, suspiciousActivity, [delivery('SUSPICIOUS_ACTIVITY', { bookPk: '77' })]);
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'suspicious-activity', subject: 'b' }]);
  expect(await stage.reader.book('b')).toMatchObject({ bookUuid: 'b', dueAt: expect.any(String) });
});

import { beforeEach, expect, test } from 'vitest';
import type { Channel } from '../../shared/events/channels.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { writeBook } from '../../shared/store/books.ts';
import { waitItem } from '../../shared/store/keys.ts';
import { readWaits, writeWait } from '../../shared/store/waits.ts';
import { bookStatus } from '../consumers/testing/answers.ts';
import { observation, second, WRITER } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { createPollerStage, type PollerStage } from './testing/stage.ts';

const createTable = useTables();
let stage: PollerStage;
beforeEach(async () => {
  stage = createPollerStage(await createTable(), { POLL_EXPECT: '' });
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  await writeBook(stage.table, observation('b', 0, 'VERIFYING'), { ...WRITER, dueAt: second(90) });
});

const BACKOFF = { minSeconds: 300, maxSeconds: 21_600 };
const waitFor = (channel: Channel, jobs?: Record<string, string>) =>
  writeWait(
    stage.table,
    { bookId: 'b', account: 'default', channel, eventName: `x.${channel}`, ids: {}, subject: 'b', jobs },
    BACKOFF,
    stage.clock.now(),
  );
const untilNext = async () =>
  Math.round((Date.parse((await stage.reader.book('b'))?.dueAt ?? '') - stage.clock.now().getTime()) / 1000);

test('what is waited for is asked for when its time has come, with its jobs', async () => {
  await waitFor('book-analytics', { summary: 'job-1' });
  stage.clock.advance(300);
  await stage.visitDue();
  expect(stage.sent).toMatchObject([
    {
      channel: 'book-analytics',
      eventName: 'x.book-analytics',
      ids: { bookUuid: 'b' },
      jobs: { summary: 'job-1' },
      wait: waitItem('book-analytics', 'b'),
      carry: false,
    },
  ]);
});

test('before that it is left alone, and the book is due by then', async () => {
  await waitFor('book-analytics');
  stage.clock.advance(100);
  await stage.visitDue();
  expect(stage.sent).toEqual([]);
  expect(await untilNext()).toBe(200);
});

test('what was asked for has time to be worked off before it is asked for again', async () => {
  await waitFor('book-analytics');
  stage.clock.advance(300);
  await stage.visitDue();
  stage.clock.advance(601);
  await stage.visitDue();
  expect(stage.sent).toHaveLength(1);
  stage.clock.advance(600);
  await stage.visitDue();
  expect(stage.sent).toHaveLength(2);
});

test('several things are waited for, each by its own clock', async () => {
  await waitFor('book-analytics');
  stage.clock.advance(200);
  await waitFor('book-detect');
  stage.clock.advance(100);
  await stage.visitDue();
  expect(stage.sent.map(({ channel }) => channel)).toEqual(['book-analytics']);
  expect(await untilNext()).toBe(200);
});

test('what did not come within the horizon is given up', async () => {
  await waitFor('book-analytics');
  stage.clock.advance(31 * 86_400);
  await stage.visitDue();
  expect(stage.sent).toEqual([]);
  expect(await readWaits(stage.table, 'b')).toEqual([]);
  expect(stage.counted.get('WaitGivenUp')).toBe(1);
  expect(await stage.reader.book('b')).not.toHaveProperty('waiting');
});

test('a book that waits for nothing more says so', async () => {
  await waitFor('book-analytics');
  await stage.table.delete({ bookId: 'b', item: waitItem('book-analytics', 'b') });
  stage.clock.advance(300);
  await stage.visitDue();
  expect(await stage.reader.book('b')).not.toHaveProperty('waiting');
});

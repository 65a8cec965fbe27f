import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { waitItem } from '../../shared/store/keys.ts';
import { readWaits } from '../../shared/store/waits.ts';
import { second } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';
import { createStage, delivery, receive, type Stage } from './testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const later = async () => Promise.reject(new Failure('later', '1404'));
const event = () => delivery('book.analytics_v2.generated', { bookUuid: 'b' });

test('what Ocrolus does not have yet is tried again twice within seconds', async () => {
  const message = event();
  expect(await receive(stage, later, [message], { attempts: 1 })).toEqual(['message-0']);
  expect(stage.visibility.get('receipt-0')).toBe(3);
  expect(await receive(stage, later, [message], { attempts: 2 })).toEqual(['message-0']);
  expect(stage.visibility.get('receipt-0')).toBe(15);
  expect(await stage.reader.events('b')).toEqual([]);
  expect(await readWaits(stage.table, 'b')).toEqual([]);
});

test('then the poller waits for it, and the message is finished', async () => {
  expect(await receive(stage, later, [event()], { attempts: 3 })).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'waiting', reason: '1404', attempts: 3 }]);
  expect(await readWaits(stage.table, 'b')).toMatchObject([
    {
      channel: 'book-analytics',
      eventName: 'book.analytics_v2.generated',
      ids: { bookUuid: 'b' },
      waitUntil: second(400),
    },
  ]);
  expect(await stage.reader.book('b')).toMatchObject({ waiting: true, dueAt: second(400) });
});

test('a message of the poller waits at once: the poller is its quick try', async () => {
  const message = delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { source: 'poll' });
  expect(await receive(stage, later, [message])).toEqual([]);
  expect(await readWaits(stage.table, 'b')).toHaveLength(1);
});

test('jobs under way are kept for the next time', async () => {
  const started = async () => Promise.reject(new Failure('later', 'job-started', { jobs: { summary: 'j' } }));
  await receive(stage, started, [event()], { attempts: 3 });
  expect(await readWaits(stage.table, 'b')).toMatchObject([{ jobs: { summary: 'j' } }]);
});

test('documents of a book are waited for one by one', async () => {
  const ofDocument = (uploadedDocUuid: string) =>
    delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid }, { source: 'poll' });
  await receive(stage, later, [ofDocument('d1'), ofDocument('d2')]);
  const waits = await readWaits(stage.table, 'b');
  expect(waits.map(({ item }) => item)).toEqual([
    waitItem('doc-verified', 'd1'),
    waitItem('doc-verified', 'd2'),
  ]);
});

test('an event without a book is tried on: the poller could not come back to it', async () => {
  const message = delivery('BOOK_VERIFIED', {});
  expect(await receive(stage, later, [message], { attempts: 3 })).toEqual(['message-0']);
  expect(await stage.reader.events('account')).toEqual([]);
});

const followUp = (deliveryId: string) =>
  delivery(
    'poll.analytics',
    { bookUuid: 'b' },
    { deliveryId, source: 'poll', channel: 'book-analytics', wait: waitItem('book-analytics', 'b') },
  );

test('what the poller followed up and is still not there waits longer', async () => {
  await receive(stage, later, [event()], { attempts: 3 });
  await receive(stage, later, [followUp('f')]);
  expect(await readWaits(stage.table, 'b')).toMatchObject([{ attempts: 2, waitUntil: second(700) }]);
});

test.each([
  ['has come', async () => ({ outcome: 'applied' }) as const],
  ['will never come', async () => Promise.reject(new Failure('refused', '9021'))],
])('what the poller followed up and %s is waited for no more', async (_, observe) => {
  await receive(stage, later, [event()], { attempts: 3 });
  expect(await receive(stage, observe, [followUp('f')])).toEqual([]);
  expect(await readWaits(stage.table, 'b')).toEqual([]);
});

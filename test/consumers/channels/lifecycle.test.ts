import { beforeEach, expect, test } from 'vitest';
import { observe as lifecycle } from '../../../functions/consumers/lifecycle.ts';
import { observe as unrecognized } from '../../../functions/consumers/unrecognized.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus } from '../testing/answers.ts';
import { createStage, delivery, receive, type Stage } from '../testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
  const docs = ['d1', 'd2'].map((uuid) => ({ uuid, status: 'QUEUED' }));
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'PROCESSING', docs));
});

test('an event of a document refreshes the book and that document', async () => {
  const ids = { bookUuid: 'b', uploadedDocUuid: 'd2' };
  await receive(stage, lifecycle, [delivery('document.upload_succeeded', ids)]);
  expect(await stage.reader.book('b')).toMatchObject({ status: 'PROCESSING', documents: { QUEUED: 2 } });
  expect((await stage.reader.documents('b')).map(({ docUuid }) => docUuid)).toEqual(['d2']);
});

test('an event of a book refreshes all its documents', async () => {
  const found = { source: 'poll', channel: 'lifecycle' } as const;
  await receive(stage, lifecycle, [delivery('poll.status', { bookUuid: 'b' }, found)]);
  expect(await stage.reader.documents('b')).toHaveLength(2);
});

test('nothing new is unchanged, and no document is written', async () => {
  const found = () => delivery('poll.status', { bookUuid: 'b' }, { source: 'poll', channel: 'lifecycle' });
  await receive(stage, lifecycle, [found()]);
  const before = await stage.reader.documents('b');
  await receive(stage, lifecycle, [found()]);
  expect((await stage.reader.events('b')).map(({ outcome }) => outcome).sort()).toEqual([
    'applied',
    'unchanged',
  ]);
  expect(await stage.reader.documents('b')).toEqual(before);
});

test.each(['document.upload_failed', 'analytics.config_updated', 'network.book.funded'])(
  '%s asks Ocrolus nothing and is written down',
  async (eventName) => {
    expect(await receive(stage, lifecycle, [delivery(eventName, { bookUuid: 'b' })])).toEqual([]);
    expect(stage.ocrolus.asked).toEqual([]);
    expect(await stage.reader.events('b')).toMatchObject([{ eventName, outcome: 'applied' }]);
  },
);

test('an event that nobody knows is kept with its body and its reason, and counted', async () => {
  const payload = { encoding: 'utf8', body: '{"event":"book.sings"}' } as const;
  await receive(stage, unrecognized, [delivery('book.sings', {}, { payload, unrecognized: 'unknown-name' })]);
  expect(await stage.reader.events('account')).toMatchObject([
    { eventName: 'book.sings', outcome: 'unrecognized', reason: 'unknown-name', payload: payload.body },
  ]);
  expect(stage.ocrolus.asked).toEqual([]);
  expect(stage.counted).toContainEqual({ name: 'UnrecognizedEvent', dimensions: { reason: 'unknown-name' } });
});

import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readOpenItem } from '../../shared/store/polling/open-items.ts';
import { bookStatus, error, signals, TOO_EARLY } from '../consumers/testing/answers.ts';
import { delivery, receive } from '../consumers/testing/stage.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { createPollerStage, type PollerStage } from './testing/stage.ts';

let stage: PollerStage;
beforeEach(async () => {
  stage = createPollerStage(await memoryTable());
  stage.ocrolus.says(calls.documentSignals('d'), TOO_EARLY);
  const nameless = delivery('document.detect.signal_found', { uploadedDocUuid: 'd' });
  await receive(stage.consumers, [nameless], { attempts: 3 });
});

const open = () => readOpenItem(stage.table, 'OPEN#signals#d');

test('a result whose book is not known is asked for when its time has come', async () => {
  expect(await stage.run()).toMatchObject({ sent: 0 });
  stage.clock.advance(301);
  expect(await stage.run()).toMatchObject({ sent: 1, polled: 0, failed: 0 });
  expect(stage.sent).toMatchObject([
    {
      eventName: 'poll.signals',
      channel: 'detect-signal-found',
      account: 'default',
      ids: { uploadedDocUuid: 'd' },
      wants: [{ kind: 'signals', subject: 'd' }],
    },
  ]);
});

test('it has time to be processed before it is asked for again', async () => {
  stage.clock.advance(301);
  await stage.run();
  stage.clock.advance(599);
  expect(await stage.run()).toMatchObject({ sent: 0 });
  stage.clock.advance(2);
  expect(await stage.run()).toMatchObject({ sent: 1 });
});

test('it is asked for with backoff while it is not there', async () => {
  await stage.live(2);
  expect(await open()).toMatchObject({ entry: { state: 'pending' } });
  expect(stage.ocrolus.count('doc-fraud-signals')).toBeLessThan(18);
  expect(stage.ocrolus.count('doc-fraud-signals')).toBeGreaterThan(8);
});

test('it goes into no deep queue, and is not lost', async () => {
  stage.clock.advance(301);
  stage.depth = 1000;
  expect(await stage.run()).toMatchObject({ sent: 0 });
  stage.depth = 0;
  stage.clock.advance(301);
  expect(await stage.run()).toMatchObject({ sent: 1 });
});

test('once an answer names the book it is stored there, and nothing of it is left', async () => {
  const docs = [{ uuid: 'd', status: 'VERIFYING' }];
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  stage.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  stage.clock.advance(301);
  await stage.run();
  await stage.process();
  expect(await stage.reader.results('b')).toMatchObject([{ kind: 'signals', subject: 'd' }]);
  expect(await open()).toBeUndefined();
  expect(await stage.run()).toMatchObject({ sent: 0 });
});

test('a second event of it starts no second schedule', async () => {
  stage.clock.advance(60);
  const receivedAt = stage.clock.iso();
  const again = delivery('document.detect.signal_found', { uploadedDocUuid: 'd' }, { receivedAt });
  await receive(stage.consumers, [again], { attempts: 3 });
  stage.clock.advance(21_600);
  expect(await stage.run()).toMatchObject({ sent: 1 });
});

test('what Ocrolus refuses for months is asked for rarely, and is given up and counted', async () => {
  stage.ocrolus.says(calls.documentSignals('d'), error(403, 9005));
  const since = stage.clock.now();
  for (let dueAt = (await open())?.dueAt; dueAt !== undefined; dueAt = (await open())?.dueAt) {
    stage.clock.advance((Date.parse(dueAt) - stage.clock.now()) / 1000);
    await stage.run();
    await stage.process();
  }
  expect((stage.clock.now() - since) / 86_400_000).toBeGreaterThan(30);
  expect(stage.ocrolus.count('doc-fraud-signals')).toBeLessThan(4 * 31 + 10);
  expect(await open()).toBeUndefined();
  expect(stage.consumers.counted.filter(({ name }) => name === 'ResultExpired')).toEqual([
    { name: 'ResultExpired', dimensions: { kind: 'signals' } },
  ]);
});

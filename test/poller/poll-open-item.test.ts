import { beforeEach, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readOpenItem } from '../../shared/store/polling/open-items.ts';
import { bookStatus, error, signals, TOO_EARLY } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

let harness: PollerHarness;
beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  harness.ocrolus.says(calls.documentSignals('d'), TOO_EARLY);
  const nameless = delivery('document.detect.signal_found', { uploadedDocUuid: 'd' });
  await receive(harness.consumers, [nameless], { attempts: 3 });
});

const open = () => readOpenItem(harness.table, 'OPEN#signals#d');

test('a result whose book is not known is requested when it is due', async () => {
  expect(await harness.run()).toMatchObject({ sent: 0 });
  harness.clock.advance(301);
  expect(await harness.run()).toMatchObject({ sent: 1, polled: 0, failed: 0 });
  expect(harness.sent).toMatchObject([
    {
      eventName: 'poll.signals',
      channel: 'detect-signal-found',
      account: 'default',
      ids: { uploadedDocUuid: 'd' },
      wants: [{ kind: 'signals', subject: 'd' }],
    },
  ]);
});

test('it has time to be processed before it is requested again', async () => {
  harness.clock.advance(301);
  await harness.run();
  harness.clock.advance(599);
  expect(await harness.run()).toMatchObject({ sent: 0 });
  harness.clock.advance(2);
  expect(await harness.run()).toMatchObject({ sent: 1 });
});

test('it is requested with backoff while it is not ready', async () => {
  await harness.live(2);
  expect(await open()).toMatchObject({ entry: { state: 'pending' } });
  expect(harness.ocrolus.count('doc-fraud-signals')).toBeLessThan(18);
  expect(harness.ocrolus.count('doc-fraud-signals')).toBeGreaterThan(8);
});

test('it goes into no deep queue, and is not lost', async () => {
  harness.clock.advance(301);
  harness.depth = 1000;
  expect(await harness.run()).toMatchObject({ sent: 0 });
  harness.depth = 0;
  harness.clock.advance(301);
  expect(await harness.run()).toMatchObject({ sent: 1 });
});

test('once an answer names the book it is stored there, and nothing of it is left', async () => {
  const docs = [{ uuid: 'd', status: 'VERIFYING' }];
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  harness.clock.advance(301);
  await harness.run();
  await harness.process();
  expect(await harness.reader.results('b')).toMatchObject([{ kind: 'signals', subject: 'd' }]);
  expect(await open()).toBeUndefined();
  expect(await harness.run()).toMatchObject({ sent: 0 });
});

test('a second event of it starts no second schedule', async () => {
  harness.clock.advance(60);
  const receivedAt = harness.clock.iso();
  const again = delivery('document.detect.signal_found', { uploadedDocUuid: 'd' }, { receivedAt });
  await receive(harness.consumers, [again], { attempts: 3 });
  harness.clock.advance(21_600);
  expect(await harness.run()).toMatchObject({ sent: 1 });
});

test('what Ocrolus refuses for months is requested rarely, then expires and is counted', async () => {
  harness.ocrolus.says(calls.documentSignals('d'), error(403, 9005));
  const since = harness.clock.now();
  for (let dueAt = (await open())?.dueAt; dueAt !== undefined; dueAt = (await open())?.dueAt) {
    harness.clock.advance((Date.parse(dueAt) - harness.clock.now()) / 1000);
    await harness.run();
    await harness.process();
  }
  expect((harness.clock.now() - since) / 86_400_000).toBeGreaterThan(30);
  expect(harness.ocrolus.count('doc-fraud-signals')).toBeLessThan(4 * 31 + 10);
  expect(await open()).toBeUndefined();
  expect(harness.consumers.counted.filter(({ name }) => name === 'ResultExpired')).toEqual([
    { name: 'ResultExpired', dimensions: { kind: 'signals' } },
  ]);
});

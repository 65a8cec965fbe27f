import { beforeEach, expect, test } from 'vitest';
import { Journal } from '../../../../infra/local/console/journal.ts';

let journal: Journal;
beforeEach(() => {
  journal = new Journal();
});

const log = (message: string) =>
  journal.logged(
    JSON.stringify({ timestamp: '2026-01-01T00:00:00.000Z', level: 'INFO', message, deliveryId: 'one' }),
  );

test('what a delivery goes through is counted, from the webhook to the ledger', () => {
  for (const status of [200, 401, 200]) journal.requestAnswered(status);
  journal.ocrolusCalled();
  log('retry scheduled');
  log('delivery processed');
  log('event published');
  const counts = { accepted: 2, refused: 1, processed: 1, retries: 1, calls: 1, published: 1 };
  expect(journal.counts).toEqual(counts);
});

test('invocations are counted by function, failed ones apart', () => {
  journal.invocationEnded('poller', true);
  journal.invocationEnded('poller', false);
  expect(journal.invocations('poller')).toEqual({ done: 1, failed: 1 });
  expect(journal.invocations('webhook')).toEqual({ done: 0, failed: 0 });
});

test('lines of other kinds change nothing', () => {
  const before = { ...journal.counts };
  for (const line of ['no JSON', '{"message":', '{"_aws":{}}', '{"message":"delivery processed"}'])
    journal.logged(line);
  expect(journal.counts).toEqual(before);
});

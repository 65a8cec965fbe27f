import { beforeEach, describe, expect, test } from 'vitest';
import type { PollMessage } from '../../functions/poller/messages.ts';
import { Sender } from '../../functions/poller/send.ts';
import { Envelope } from '../../shared/events/envelope.ts';
import { POLL_EVENTS } from '../../shared/events/poll-events.ts';
import { Failure } from '../../shared/failure.ts';
import type { OutgoingMessage, Queue } from '../../shared/queue.ts';
import { useTables } from '../store/testing/table.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';

const createTable = useTables();
let batches: { readonly url: string; readonly messages: readonly OutgoingMessage[] }[];
let depths: Record<string, number>;
let asked: string[];
beforeEach(() => {
  batches = [];
  depths = {};
  asked = [];
});

const harnessWith = async (queue: Partial<Queue> = {}): Promise<PollerHarness> =>
  createPollerHarness(
    await createTable(),
    {},
    {
      queue: {
        sendBatch: async (url, messages) => {
          batches.push({ url, messages });
        },
        depth: async (url) => {
          asked.push(url);
          return depths[url.slice(url.lastIndexOf('/') + 1)] ?? 0;
        },
        ...queue,
      },
    },
  );
const documents = (bookUuid: string): PollMessage => ({
  ...POLL_EVENTS.documents,
  ids: { bookUuid },
  wants: [{ kind: 'forms', subject: 'd' }],
});
const results: PollMessage = { ...POLL_EVENTS.results, ids: { bookUuid: 'b' } };
const SENT_AT = Date.parse('2026-03-02T08:00:00.000Z');

test('messages go to the queue of their channel, ten at most at a time', async () => {
  const harness = await harnessWith();
  const messages = [...Array.from({ length: 23 }, (_, n) => documents(`b${n}`)), results];
  await new Sender(harness.dependencies).send(messages, 'default', SENT_AT);
  expect(batches.map(({ url, messages: some }) => [url, some.length])).toEqual([
    ['https://queue.example/doc-verified', 10],
    ['https://queue.example/doc-verified', 10],
    ['https://queue.example/doc-verified', 3],
    ['https://queue.example/book-results', 1],
  ]);
});

test('large messages go in smaller batches, of 1 MiB at most', async () => {
  const harness = await harnessWith();
  const wants = Array.from({ length: 2000 }, () => ({ kind: 'forms' as const, subject: 'd'.repeat(128) }));
  const messages = Array.from({ length: 10 }, (_, n) => ({ ...documents(`b${n}`), wants }));
  await new Sender(harness.dependencies).send(messages, 'default', SENT_AT);
  const bytes = batches.map(({ messages: some }) =>
    some.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0),
  );
  expect(bytes.length).toBeGreaterThan(1);
  for (const sum of bytes) expect(sum).toBeLessThanOrEqual(1024 * 1024);
  expect(batches.flatMap(({ messages: some }) => some.map(({ group }) => group))).toEqual(
    Array.from({ length: 10 }, (_, n) => `b${n}`),
  );
});

test('each is an envelope of its own, in the group of its book', async () => {
  const harness = await harnessWith();
  await new Sender(harness.dependencies).send([documents('b1'), documents('b2')], 'lending', SENT_AT);
  const [{ messages } = { messages: [] }] = batches;
  expect(messages.map(({ group, delaySeconds }) => [group, delaySeconds])).toEqual([
    ['b1', undefined],
    ['b2', undefined],
  ]);
  const envelopes = messages.map(({ body }) => Envelope.parse(JSON.parse(body)));
  expect(envelopes).toMatchObject([
    { source: 'poll', account: 'lending', ids: { bookUuid: 'b1' }, sentAt: '2026-03-02T08:00:00.000Z' },
    { source: 'poll', account: 'lending', ids: { bookUuid: 'b2' }, receivedAt: '2026-03-02T08:00:00.000Z' },
  ]);
  expect(new Set(envelopes.map(({ deliveryId }) => deliveryId)).size).toBe(2);
});

test('a batch of which SQS refuses some fails', async () => {
  const harness = await harnessWith({ sendBatch: () => Promise.reject(new Failure('retry', 'sqs-batch')) });
  await expect(new Sender(harness.dependencies).send([results], 'default', SENT_AT)).rejects.toMatchObject({
    code: 'sqs-batch',
  });
});

describe('a queue is deep', () => {
  test.each([
    [999, false],
    [1000, true],
  ])('with %i messages: %s', async (depth, isDeep) => {
    const harness = await harnessWith();
    depths['doc-verified'] = depth;
    expect(await new Sender(harness.dependencies).isDeep([documents('b')])).toBe(isDeep);
  });

  test('when it is one of those that the messages go to, and no other', async () => {
    const harness = await harnessWith();
    depths['book-results'] = 5000;
    const sender = new Sender(harness.dependencies);
    expect(await sender.isDeep([documents('b')])).toBe(false);
    expect(await sender.isDeep([documents('b'), results])).toBe(true);
  });

  test('as of twenty seconds ago at most: not every book asks', async () => {
    const harness = await harnessWith();
    const sender = new Sender(harness.dependencies);
    for (let n = 0; n < 5; n += 1) await sender.isDeep([documents(`b${n}`)]);
    expect(asked).toHaveLength(1);
    harness.clock.advance(20);
    depths['doc-verified'] = 1000;
    expect(await sender.isDeep([documents('b')])).toBe(true);
    expect(asked).toHaveLength(2);
  });
});

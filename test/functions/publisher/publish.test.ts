import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { DynamoDBRecord } from 'aws-lambda';
import { beforeEach, expect, it } from 'vitest';
import { type PublisherDependencies, publish } from '../../../functions/publisher/publish.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import { createMetrics } from '../../../shared/telemetry/metrics.ts';

let accepted: PutEventsRequestEntry[];
let lines: string[];
/** Errors by subject, of entries or of the whole request. */
let faults: Map<string, 'entry' | 'request'>;
let requests: number[];
beforeEach(() => {
  accepted = [];
  lines = [];
  faults = new Map();
  requests = [];
});

const dependencies: PublisherDependencies = {
  stage: 'prod',
  bus: 'ocrolus-prod',
  async put(entries) {
    requests.push(entries.length);
    const faultOf = ({ Detail = '' }: PutEventsRequestEntry) => faults.get(JSON.parse(Detail).subject);
    if (entries.some((entry) => faultOf(entry) === 'request')) throw new Error('no answer');
    const Entries = entries.map((entry) =>
      faultOf(entry) === 'entry' ? { ErrorCode: 'ThrottlingException' } : { EventId: 'e' },
    );
    accepted.push(...entries.filter((_, n) => Entries[n]?.EventId !== undefined));
    return { Entries };
  },
  log: createLog({ level: 'INFO', fields: {}, write: (line) => void lines.push(line) }),
  metrics: createMetrics({ stage: 'prod', write: (line) => void lines.push(line) }),
};

const stored = (n: number, more: object = {}): DynamoDBRecord => ({
  eventID: `change-${n}`,
  eventName: 'INSERT',
  dynamodb: {
    ApproximateCreationDateTime: 1_772_438_400,
    SequenceNumber: String(n),
    Keys: { bookId: { S: 'b' }, item: { S: `RESULT#forms#d${n}` } },
    NewImage: {
      ...{ bookId: { S: 'b' }, kind: { S: 'forms' }, subject: { S: `d${n}` }, sha256: { S: 'a' } },
      ...{ generation: { N: '1' }, fetchedAt: { S: '2026-03-02T08:00:00.000Z' }, ...more },
    },
  },
});

const subjects = () => accepted.map(({ Detail = '' }) => JSON.parse(Detail).subject as string);
const failuresOf = async (records: readonly DynamoDBRecord[]) =>
  (await publish(records, dependencies)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

it('puts an event on the bus, dated as the change', async () => {
  expect(await failuresOf([stored(1)])).toEqual([]);
  expect(accepted).toEqual([
    {
      ...{ EventBusName: 'ocrolus-prod', Source: 'ocrolus-webhooks', DetailType: 'result.stored' },
      Detail: expect.stringMatching(/^\{"version":1,"changeId":"change-1","stage":"prod","bookId":"b",/),
      Time: new Date('2026-03-02T08:00:00Z'),
    },
  ]);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      message: 'event published',
      detailType: 'result.stored',
      bookUuid: 'b',
      subject: 'd1',
    }),
  ]);
});

it('puts at most ten at once, in order', async () => {
  const records = Array.from({ length: 25 }, (_, n) => stored(n));
  expect(await failuresOf(records)).toEqual([]);
  expect(requests).toEqual([10, 10, 5]);
  expect(subjects()).toEqual(records.map((_, n) => `d${n}`));
});

it.each(['entry', 'request'] as const)(
  'is repeated from the first that is not accepted: %s',
  async (fault) => {
    const records = Array.from({ length: 25 }, (_, n) => stored(n));
    faults.set('d12', fault);
    const [from] = await failuresOf(records);
    expect(from).toBe(fault === 'entry' ? '12' : '10');
    faults.clear();
    expect(await failuresOf(records.slice(Number(from)))).toEqual([]);
    expect(new Set(subjects())).toEqual(new Set(records.map((_, n) => `d${n}`)));
  },
);

it('asks for nothing if there is nothing to say', async () => {
  expect(await failuresOf([{ ...stored(1), dynamodb: { Keys: { item: { S: 'BOOK' } } } }])).toEqual([]);
  expect(requests).toEqual([]);
});

it('reports an item that it cannot read, and goes on', async () => {
  expect(await failuresOf([stored(1, { generation: { S: 'one' } }), stored(2)])).toEqual([]);
  expect(subjects()).toEqual(['d2']);
  const [problem] = lines.map((line) => JSON.parse(line));
  expect(problem).toMatchObject({ level: 'ERROR', message: 'change not published', item: 'RESULT#forms#d1' });
  dependencies.metrics.flush();
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ ItemUnreadable: 1 });
});

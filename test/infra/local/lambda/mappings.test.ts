import { describe, expect, it, test } from 'vitest';
import { readFilter } from '../../../../infra/local/lambda/stream-filter.ts';
import { readMappings } from '../../../../infra/local/lambda/triggers.ts';
import { streamSettings, tableTopology } from '../testing/streamed-table.ts';

const getAtt = (id: string, attribute: string) => ({ 'Fn::GetAtt': [id, attribute] });
const mapping = (Properties: Record<string, unknown>) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { FunctionName: 'reader', ...Properties },
});
const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } };
const QUEUE_MAPPING = mapping({
  EventSourceArn: getAtt('Queue', 'Arn'),
  BatchSize: 10,
  ScalingConfig: { MaximumConcurrency: 8 },
});
const BOOKS = JSON.stringify({
  eventName: ['INSERT', 'MODIFY'],
  dynamodb: { Keys: { item: { S: ['BOOK', { prefix: 'RESULT#' }] } } },
});
const STREAM_MAPPING = mapping({
  EventSourceArn: getAtt('Table', 'StreamArn'),
  StartingPosition: 'LATEST',
  BatchSize: 100,
  MaximumBatchingWindowInSeconds: 1,
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  FilterCriteria: { Filters: [{ Pattern: BOOKS }] },
  DestinationConfig: { OnFailure: { Destination: getAtt('Queue', 'Arn') } },
});

test('mappings of queues and of streams are told apart', () => {
  const topology = tableTopology({ Queue: QUEUE, One: QUEUE_MAPPING, Two: STREAM_MAPPING });
  const { queues, streams } = readMappings(topology, 4);
  expect(queues).toEqual([
    {
      queueUrl: 'http://127.0.0.1:9324/000000000000/work',
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:work',
      functionArn: 'reader',
      batchSize: 10,
      maxConcurrency: 4,
      reportsFailures: false,
    },
  ]);
  expect(streams).toEqual([
    {
      settings: streamSettings(),
      functionArn: 'reader',
      batchSize: 100,
      reportsFailures: true,
      accepts: expect.any(Function),
    },
  ]);
  expect(streams[0]?.accepts({ eventName: 'INSERT', dynamodb: { Keys: { item: { S: 'BOOK' } } } })).toBe(
    true,
  );
  expect(streams[0]?.accepts({ eventName: 'REMOVE', dynamodb: { Keys: { item: { S: 'BOOK' } } } })).toBe(
    false,
  );
});

test('a template without streams has queues only', () => {
  const { queues, streams } = readMappings(tableTopology({ Queue: QUEUE, One: QUEUE_MAPPING }), 4);
  expect([queues.length, streams.length]).toEqual([1, 0]);
});

test('a mapping of anything else is refused', () => {
  const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks';
  const topology = tableTopology({ Mapping: mapping({ EventSourceArn: arn }) });
  expect(() => readMappings(topology, 4)).toThrow(`the local stack knows no event source like ${arn}`);
});

test('a bus has the name that the template gives it', () => {
  const Bus = { Type: 'AWS::Events::EventBus', Properties: { Name: 'ocrolus-dev' } };
  const { ref, attributes } = tableTopology({ Bus }).identity('Bus');
  expect(ref).toBe('ocrolus-dev');
  expect(attributes.Arn).toBe('arn:aws:events:us-east-1:000000000000:event-bus/ocrolus-dev');
});

describe('a filter', () => {
  const change = (eventName: string, item: string) => ({
    eventName,
    dynamodb: { Keys: { item: { S: item } } },
  });
  const filterOf = (...patterns: string[]) =>
    readFilter({ Filters: patterns.map((Pattern) => ({ Pattern })) });

  it.each([
    ['INSERT', 'BOOK', true],
    ['MODIFY', 'RESULT#summary#b', true],
    ['REMOVE', 'BOOK', false],
    ['INSERT', 'BOOKS', false],
    ['INSERT', 'RESULT', false],
    ['INSERT', 'DOC#d', false],
  ])('%s of %s: %s', (eventName, item, expected) => {
    expect(filterOf(BOOKS)(change(eventName, item))).toBe(expected);
  });

  it('has patterns any of which may match', () => {
    const accepts = filterOf('{"eventName":["REMOVE"]}', '{"dynamodb":{"Keys":{"item":{"S":["BOOK"]}}}}');
    expect(accepts(change('REMOVE', 'DOC#d'))).toBe(true);
    expect(accepts(change('INSERT', 'BOOK'))).toBe(true);
    expect(accepts(change('INSERT', 'DOC#d'))).toBe(false);
  });

  it('refuses a record without the member', () => {
    expect(filterOf(BOOKS)({ eventName: 'INSERT' })).toBe(false);
  });

  it('that is left out accepts all', () => {
    expect(readFilter()(change('REMOVE', 'DOC#d'))).toBe(true);
  });

  it('with a condition that is not known is an error that shows it', () => {
    const pattern = '{"eventName":[{"anything-but":["REMOVE"]}]}';
    expect(() => filterOf(pattern)).toThrow(`knows no filter like ${pattern}`);
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { BusEvent } from '../../../infra/local/backends/event-bus.ts';
import { type Clients, openClients } from '../../../infra/running-stacks/clients.ts';
import { copyAssembly, type FixtureStack, startFixtureStack } from './fixtures/stack.ts';

/** What a stage with a publisher adds to the template. */
const PUBLISHER = {
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'ocrolus-fixture' } },
  Publisher: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: 'b005.zip' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: 30,
      Environment: { Variables: { BUS_ARN: { Ref: 'Bus' } } },
    },
  },
  StreamMapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      BatchSize: 100,
      EventSourceArn: { 'Fn::GetAtt': ['Table0AA1', 'StreamArn'] },
      FunctionName: { Ref: 'Publisher' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      StartingPosition: 'LATEST',
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT","MODIFY"]}' }] },
    },
  },
};

function withPublisher(text: string): string {
  const template: { readonly Resources: object } = JSON.parse(text);
  return JSON.stringify({ ...template, Resources: { ...template.Resources, ...PUBLISHER } });
}

let folder: string;
let assembly: string;
let stack: FixtureStack;
let clients: Clients;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publisher-'));
  assembly = await copyAssembly(folder, withPublisher);
  stack = await startFixtureStack({ assembly });
  clients = openClients(stack);
  stack.events.onEvent((event) => events.push(event));
});
afterAll(async () => {
  clients.close();
  await stack.stop();
  await rm(folder, { recursive: true });
});

let events: BusEvent[] = [];
beforeEach(() => {
  events = [];
});

const write = (item: string, value: string) => clients.table().put({ bookId: 'b', item, value });
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 20 });
const detailOf = ({ detail: { eventName, item } }: BusEvent) => [eventName, item];

test('a change of the table reaches the bus through the publisher, and the file of events', async () => {
  expect(stack.functionNames).toContain('publisher');
  await write('BOOK', 'one');
  await write('BOOK', 'one');
  await write('BOOK', 'two');
  await clients.table().delete({ bookId: 'b', item: 'BOOK' });
  await write('DOC#d', 'one');
  await eventually(() => expect(events).toHaveLength(3));
  expect(events.map(detailOf)).toEqual([
    ['INSERT', 'BOOK'],
    ['MODIFY', 'BOOK'],
    ['INSERT', 'DOC#d'],
  ]);
  const lines = (await readFile(stack.events.file, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(events);
});

test('changes that a killed environment had are delivered again', async () => {
  await write('HANG', 'one');
  await eventually(() => expect(events.map(detailOf)).toEqual([['INSERT', 'HANG']]));
  expect(await stack.killEnvironment('publisher')).toBe(true);
  await eventually(() =>
    expect(events.map(detailOf)).toEqual([
      ['INSERT', 'HANG'],
      ['INSERT', 'HANG'],
    ]),
  );
  const [first, second] = events;
  expect(second?.detail.pid).not.toBe(first?.detail.pid);
});

test('with another DynamoDB, the log says that there are no events', async () => {
  const dynamodbEndpoint = stack.endpoints.dynamodb;
  const other = await startFixtureStack({ assembly, dynamodbEndpoint });
  const lines = other.lines.filter((line) => line.startsWith('[events]'));
  await other.stop();
  expect(lines).toEqual([expect.stringContaining('DYNAMODB_ENDPOINT')]);
});

test('a template without a publisher has no events, and needs none', async () => {
  const plain = await startFixtureStack();
  await plain.send({ key: 'one' });
  await vi.waitFor(async () => expect(await plain.attempts('one')).toHaveLength(1), { timeout: 15_000 });
  expect(await readFile(plain.events.file, 'utf8')).toBe('');
  expect(plain.functionNames).not.toContain('publisher');
  await plain.stop();
});

import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTables, startTables } from '../../../../infra/local/backends/tables.ts';
import { ACCESS } from '../../../../infra/running-stacks/access.ts';
import { streamSettings, tableTopology } from '../testing/streamed-table.ts';

const { table: TableName, streamArn } = streamSettings();

let tables: Awaited<ReturnType<typeof startTables>>;
let client: DynamoDBClient;
let records: DynamoDBRecord[];

beforeEach(async () => {
  tables = await startTables(undefined);
  client = new DynamoDBClient({ ...ACCESS, endpoint: tables.endpoint });
  await createTables(tableTopology(), tables.endpoint);
  records = [];
  await tables.openStream?.(streamSettings(), (record) => records.push(record));
});
afterEach(async () => {
  client.destroy();
  await tables.stop();
});

const keyOf = (item: string, bookId = 'b') => ({ bookId: { S: bookId }, item: { S: item } });
const itemOf = (item: string, value: string) => ({ ...keyOf(item), value: { S: value } });
const put = (item: string, value: string) =>
  client.send(new PutItemCommand({ TableName, Item: itemOf(item, value) }));
const remove = (item: string) => client.send(new DeleteItemCommand({ TableName, Key: keyOf(item) }));
const append = (item: string, value: string) =>
  client.send(
    new UpdateItemCommand({
      TableName,
      Key: keyOf(item),
      UpdateExpression: 'SET #log = list_append(if_not_exists(#log, :none), :value)',
      ExpressionAttributeNames: { '#log': 'log' },
      ExpressionAttributeValues: { ':none': { L: [] }, ':value': { L: [{ S: value }] } },
    }),
  );

/** Every record of the writes so far: those before the one of a last write. */
async function recordsSoFar(): Promise<DynamoDBRecord[]> {
  await put('LAST', String(records.length));
  await vi.waitFor(() => expect(records.at(-1)?.dynamodb?.Keys?.item?.S).toBe('LAST'));
  return records.slice(0, -1);
}

const imagesOf = ({ eventName, dynamodb }: DynamoDBRecord) => [
  eventName,
  dynamodb?.OldImage,
  dynamodb?.NewImage,
];

test('an item that is put, changed and deleted makes three records with both images', async () => {
  const startedAt = Math.floor(Date.now() / 1000);
  await put('BOOK', 'one');
  await append('BOOK', 'two');
  await remove('BOOK');
  const made = await recordsSoFar();
  const first = itemOf('BOOK', 'one');
  const second = { ...first, log: { L: [{ S: 'two' }] } };
  expect(made.map(imagesOf)).toEqual([
    ['INSERT', undefined, first],
    ['MODIFY', first, second],
    ['REMOVE', second, undefined],
  ]);
  for (const record of made) {
    expect(record).toMatchObject({
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: streamArn,
      dynamodb: { Keys: keyOf('BOOK'), StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(record.dynamodb?.SequenceNumber).toMatch(/^\d{21}$/);
    expect(record.dynamodb?.SizeBytes).toBeGreaterThan(50);
    expect(record.dynamodb?.ApproximateCreationDateTime).toBeGreaterThanOrEqual(startedAt);
  }
  expect(new Set(made.map(({ eventID }) => eventID)).size).toBe(3);
});

test('a write that is refused, or changes nothing, makes no record', async () => {
  await put('BOOK', 'one');
  const refused = new PutItemCommand({
    TableName,
    Item: itemOf('BOOK', 'two'),
    ConditionExpression: 'attribute_not_exists(bookId)',
  });
  await expect(client.send(refused)).rejects.toThrow(ConditionalCheckFailedException);
  const Item = { value: { S: 'one' }, ...keyOf('BOOK') };
  await client.send(new PutItemCommand({ TableName, Item }));
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: keyOf('BOOK'),
      UpdateExpression: 'SET #value = :value',
      ExpressionAttributeNames: { '#value': 'value' },
      ExpressionAttributeValues: { ':value': { S: 'one' } },
    }),
  );
  await remove('NOTHING');
  expect((await recordsSoFar()).map(imagesOf)).toEqual([['INSERT', undefined, itemOf('BOOK', 'one')]]);
});

test('changes of one item at the same time form a chain of images without gaps', async () => {
  const values = Array.from({ length: 40 }, (_, index) => String(index));
  await Promise.all(values.flatMap((value) => [append('BOOK', value), append('DOC#d', value)]));
  const made = await recordsSoFar();
  const numbers = made.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
  expect(numbers).toEqual(numbers.toSorted());
  expect(new Set(numbers).size).toBe(2 * values.length);
  for (const item of ['BOOK', 'DOC#d']) {
    const chain = made.filter(({ dynamodb }) => dynamodb?.Keys?.item?.S === item);
    expect(chain).toHaveLength(values.length);
    const images = [undefined, ...chain.map(({ dynamodb }) => dynamodb?.NewImage)];
    expect(chain.map(({ dynamodb }) => dynamodb?.OldImage)).toEqual(images.slice(0, -1));
    const last = chain.at(-1)?.dynamodb?.NewImage?.log?.L?.map(({ S }) => Number(S));
    expect(last?.toSorted((a, b) => a - b)).toEqual(values.map(Number));
  }
});

test('a batch makes a record for each item that it changes', async () => {
  await put('OLD', 'one');
  await put('SAME', 'one');
  await client.send(
    new BatchWriteItemCommand({
      RequestItems: {
        [TableName]: [
          { PutRequest: { Item: itemOf('NEW', 'two') } },
          { PutRequest: { Item: itemOf('SAME', 'one') } },
          { DeleteRequest: { Key: keyOf('OLD') } },
        ],
      },
    }),
  );
  const made = (await recordsSoFar()).slice(2);
  expect(made.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb?.Keys?.item?.S}`).toSorted()).toEqual(
    ['INSERT NEW', 'REMOVE OLD'],
  );
});

test('a second reader gets the changes from then on', async () => {
  await put('BOOK', 'one');
  const others: DynamoDBRecord[] = [];
  await tables.openStream?.(streamSettings(), (record) => others.push(record));
  await put('BOOK', 'two');
  await vi.waitFor(() => expect(others).toHaveLength(1));
  expect(others.map(imagesOf)).toEqual((await recordsSoFar()).slice(1).map(imagesOf));
});

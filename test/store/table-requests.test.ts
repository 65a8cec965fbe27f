import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, test } from 'vitest';
import { newBook, updateBook } from '../../shared/store/books.ts';
import { type DynamoTable, openTable } from '../../shared/store/table.ts';
import { WRITER } from './testing/observations.ts';
import { collect } from './testing/stepwise.ts';

interface Sent {
  readonly command: string;
  readonly input: Record<string, unknown>;
}

/** A table whose requests go nowhere. @param answers in turn: what DynamoDB answers, or throws. */
function recordedTable(...answers: readonly (object | Error)[]): {
  readonly table: DynamoTable;
  readonly sent: Sent[];
} {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const sent: Sent[] = [];
  const waiting = [...answers];
  const table = openTable('books', client);
  table.client.middlewareStack.add(
    (_next, context) => async (args) => {
      sent.push({ command: String(context.commandName), input: { ...(args.input as object) } });
      const answer = waiting.shift() ?? {};
      if (answer instanceof Error) throw answer;
      return { output: { $metadata: {}, ...answer }, response: {} };
    },
    { step: 'initialize', priority: 'low' },
  );
  return { table, sent };
}

const KEY = { bookId: 'b', item: 'BOOK' };
const CONDITION = { revision: { equals: 1 } };
const AS_CONDITION = {
  ConditionExpression: '#c0 = :c0',
  ExpressionAttributeNames: { '#c0': 'revision' },
  ExpressionAttributeValues: { ':c0': 1 },
};
const refused = () => new ConditionalCheckFailedException({ message: 'no', $metadata: {} });

describe('a read', () => {
  it('of an item is consistent', async () => {
    const { table, sent } = recordedTable({ Item: { ...KEY, status: 'VERIFIED' } });
    expect(await table.get(KEY)).toEqual({ ...KEY, status: 'VERIFIED' });
    expect(sent).toEqual([
      { command: 'GetItemCommand', input: { TableName: 'books', Key: KEY, ConsistentRead: true } },
    ]);
  });

  it('of some attributes asks for these only, by names that are never reserved words', async () => {
    const { table, sent } = recordedTable();
    expect(await table.get(KEY, ['status', 'codes'])).toBeUndefined();
    expect(sent[0]?.input).toEqual({
      TableName: 'books',
      Key: KEY,
      ConsistentRead: true,
      ProjectionExpression: '#a0, #a1',
      ExpressionAttributeNames: { '#a0': 'status', '#a1': 'codes' },
    });
  });

  it('of a partition is consistent, and continues where a page ends', async () => {
    const { table, sent } = recordedTable(
      { Items: [{ n: 1 }], LastEvaluatedKey: KEY },
      { Items: [{ n: 2 }] },
    );
    expect(await collect(table.query({ bookId: 'b', prefix: 'DOC#' }))).toEqual([{ n: 1 }, { n: 2 }]);
    const input = {
      TableName: 'books',
      KeyConditionExpression: 'bookId = :book AND begins_with(#item, :prefix)',
      ExpressionAttributeNames: { '#item': 'item' },
      ExpressionAttributeValues: { ':book': 'b', ':prefix': 'DOC#' },
      ConsistentRead: true,
    };
    expect(sent).toEqual([
      { command: 'QueryCommand', input: { ...input, ExclusiveStartKey: undefined } },
      { command: 'QueryCommand', input: { ...input, ExclusiveStartKey: KEY } },
    ]);
  });

  it('of a whole partition has no condition on the sort key', async () => {
    const { table, sent } = recordedTable();
    await collect(table.query({ bookId: 'b' }));
    expect(sent[0]?.input).toMatchObject({
      KeyConditionExpression: 'bookId = :book',
      ExpressionAttributeValues: { ':book': 'b' },
      ConsistentRead: true,
    });
    expect(sent[0]?.input).not.toHaveProperty('ExpressionAttributeNames');
  });

  it('of some attributes of a partition names them beside the sort key', async () => {
    const { table, sent } = recordedTable();
    await collect(table.query({ bookId: 'b', prefix: 'RESULT#', attributes: ['subject'] }));
    expect(sent[0]?.input).toMatchObject({
      ProjectionExpression: '#a0',
      ExpressionAttributeNames: { '#a0': 'subject', '#item': 'item' },
    });
  });

  it('of the index cannot be consistent, and is in the order of time', async () => {
    const row = { bookId: 'b', item: 'BOOK', dueAt: '2026', dueShard: '0' };
    const { table, sent } = recordedTable({ Items: [row] });
    expect(await collect(table.queryDue('0', '2027'))).toEqual([
      { bookId: 'b', item: 'BOOK', dueAt: '2026' },
    ]);
    expect(sent[0]?.input).toEqual({
      TableName: 'books',
      IndexName: 'due',
      KeyConditionExpression: 'dueShard = :shard AND dueAt <= :until',
      ExpressionAttributeValues: { ':shard': '0', ':until': '2027' },
      ExclusiveStartKey: undefined,
    });
  });
});

describe('a write', () => {
  it('of a whole item returns what was there before', async () => {
    const { table, sent } = recordedTable({ Attributes: { n: 0 } });
    expect(await table.put({ ...KEY, n: 1 }, CONDITION)).toEqual({ written: true, before: { n: 0 } });
    expect(sent).toEqual([
      {
        command: 'PutItemCommand',
        input: { TableName: 'books', Item: { ...KEY, n: 1 }, ReturnValues: 'ALL_OLD', ...AS_CONDITION },
      },
    ]);
  });

  it('without condition has none', async () => {
    const { table, sent } = recordedTable();
    await table.put({ ...KEY, n: 1 });
    await table.delete(KEY);
    for (const { input } of sent) {
      for (const name of ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'])
        expect(input).not.toHaveProperty(name);
    }
  });

  it('of some attributes sets, removes, and adds', async () => {
    const { table, sent } = recordedTable();
    await table.update(KEY, {
      set: { owner: 'a', until: undefined },
      add: { count: 2 },
      condition: CONDITION,
    });
    expect(sent).toEqual([
      {
        command: 'UpdateItemCommand',
        input: {
          TableName: 'books',
          Key: KEY,
          ReturnValues: 'ALL_OLD',
          UpdateExpression: 'SET #s0 = :s0, #s2 = #s2 + :s2 REMOVE #s1',
          ConditionExpression: '#c0 = :c0',
          ExpressionAttributeNames: {
            '#c0': 'revision',
            '#s0': 'owner',
            '#s1': 'until',
            '#s2': 'count',
          },
          ExpressionAttributeValues: { ':c0': 1, ':s0': 'a', ':s2': 2 },
        },
      },
    ]);
  });

  it('that removes returns what was there before', async () => {
    const { table, sent } = recordedTable({ Attributes: { n: 0 } });
    expect(await table.delete(KEY, CONDITION)).toEqual({ written: true, before: { n: 0 } });
    expect(sent).toEqual([
      {
        command: 'DeleteItemCommand',
        input: { TableName: 'books', Key: KEY, ReturnValues: 'ALL_OLD', ...AS_CONDITION },
      },
    ]);
  });

  it.each<[string, (table: DynamoTable) => Promise<unknown>]>([
    ['put', (table) => table.put({ ...KEY, n: 1 }, CONDITION)],
    ['update', (table) => table.update(KEY, { set: { n: 1 }, condition: CONDITION })],
    ['delete', (table) => table.delete(KEY, CONDITION)],
  ])('whose condition fails reads what is there, consistently: %s', async (_what, write) => {
    const { table, sent } = recordedTable(refused(), { Item: { n: 7 } });
    expect(await write(table)).toEqual({ written: false, existing: { n: 7 } });
    expect(sent[1]).toEqual({
      command: 'GetItemCommand',
      input: { TableName: 'books', Key: KEY, ConsistentRead: true },
    });
  });
});

test('the first write of a book takes that there is none, a later one that it is still as it was read', async () => {
  const { table, sent } = recordedTable({}, {}, {});
  const first = await updateBook(table, 'b', () => newBook('b', { bookUuid: 'b' }, WRITER));
  await updateBook(table, 'b', (book) => book && { ...book, name: 'n' }, first);
  const conditions = sent
    .filter(({ command }) => command === 'PutItemCommand')
    .map(({ input }) => [
      input.ConditionExpression,
      input.ExpressionAttributeNames,
      input.ExpressionAttributeValues,
    ]);
  expect(conditions).toEqual([
    ['attribute_not_exists(#c0)', { '#c0': 'item' }, undefined],
    ['#c0 = :c0', { '#c0': 'revision' }, { ':c0': WRITER.now + 1 }],
  ]);
  expect(sent.map(({ input }) => (input.Item as { revision?: number } | undefined)?.revision)).toEqual([
    undefined,
    WRITER.now + 1,
    WRITER.now + 2,
  ]);
});

describe('a failure', () => {
  const throttled = () => new ThrottlingException({ message: 'slow down', $metadata: {} });

  it.each<[string, (table: DynamoTable) => Promise<unknown>]>([
    ['get', (table) => table.get(KEY)],
    ['put', (table) => table.put({ ...KEY })],
    ['update', (table) => table.update(KEY, { set: { n: 1 } })],
    ['delete', (table) => table.delete(KEY)],
    ['query', (table) => collect(table.query({ bookId: 'b' }))],
    ['queryDue', (table) => collect(table.queryDue('0', '2027'))],
  ])('throttling is a retry that counts as throttling: %s', async (_what, work) => {
    const { table } = recordedTable(throttled());
    await expect(work(table)).rejects.toMatchObject({ class: 'retry', code: 'dynamodb-throttled' });
  });

  it('another error is passed on, and is not a failed condition', async () => {
    const { table, sent } = recordedTable(new Error('no connection'));
    await expect(table.put({ ...KEY }, CONDITION)).rejects.toThrow('no connection');
    expect(sent).toHaveLength(1);
  });
});

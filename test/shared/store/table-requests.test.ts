import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { type Condition, IS_ABSENT, IS_PRESENT } from '../../../shared/store/condition.ts';
import { type DynamoTable, openTable } from '../../../shared/store/table.ts';
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
/** Of every write. */
const RETURNED = { ReturnValues: 'ALL_OLD', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
type Ask = (table: DynamoTable) => Promise<unknown>;

test.each<[string, Ask, string, object]>([
  ['get: an item, consistently', (table) => table.get(KEY), 'GetItem', { Key: KEY, ConsistentRead: true }],
  [
    'get: some attributes only, by names that are never reserved words',
    (table) => table.get(KEY, ['status', 'codes']),
    'GetItem',
    {
      Key: KEY,
      ConsistentRead: true,
      ProjectionExpression: '#a0, #a1',
      ExpressionAttributeNames: { '#a0': 'status', '#a1': 'codes' },
    },
  ],
  [
    'query: a whole partition, consistently, without a condition on the sort key',
    (table) => collect(table.query({ bookId: 'b' })),
    'Query',
    {
      KeyConditionExpression: 'bookId = :book',
      ExpressionAttributeValues: { ':book': 'b' },
      ConsistentRead: true,
    },
  ],
  [
    'query: some attributes, named beside the sort key',
    (table) => collect(table.query({ bookId: 'b', prefix: 'RESULT#', attributes: ['subject'] })),
    'Query',
    {
      KeyConditionExpression: 'bookId = :book AND begins_with(#item, :prefix)',
      ProjectionExpression: '#a0',
      ExpressionAttributeNames: { '#a0': 'subject', '#item': 'item' },
      ExpressionAttributeValues: { ':book': 'b', ':prefix': 'RESULT#' },
      ConsistentRead: true,
    },
  ],
  [
    'queryDue: the index, which cannot be read consistently, in the order of time',
    (table) => collect(table.queryDue('0', '2027')),
    'Query',
    {
      IndexName: 'due',
      KeyConditionExpression: 'dueShard = :shard AND dueAt <= :until',
      ExpressionAttributeValues: { ':shard': '0', ':until': '2027' },
    },
  ],
  [
    'put',
    (table) => table.put({ ...KEY, n: 1 }, CONDITION),
    'PutItem',
    { Item: { ...KEY, n: 1 }, ...RETURNED, ...AS_CONDITION },
  ],
  [
    'put without condition',
    (table) => table.put({ ...KEY, n: 1 }),
    'PutItem',
    { Item: { ...KEY, n: 1 }, ...RETURNED },
  ],
  [
    'update: sets, removes, and adds',
    (table) =>
      table.update(KEY, { set: { owner: 'a', until: undefined }, add: { n: 2 }, condition: CONDITION }),
    'UpdateItem',
    {
      Key: KEY,
      ...RETURNED,
      UpdateExpression: 'SET #s0 = :s0, #s2 = #s2 + :s2 REMOVE #s1',
      ConditionExpression: '#c0 = :c0',
      ExpressionAttributeNames: { '#c0': 'revision', '#s0': 'owner', '#s1': 'until', '#s2': 'n' },
      ExpressionAttributeValues: { ':c0': 1, ':s0': 'a', ':s2': 2 },
    },
  ],
  [
    'delete',
    (table) => table.delete(KEY, CONDITION),
    'DeleteItem',
    { Key: KEY, ...RETURNED, ...AS_CONDITION },
  ],
  ['delete without condition', (table) => table.delete(KEY), 'DeleteItem', { Key: KEY, ...RETURNED }],
])('the request of %s', async (_what, ask, command, input) => {
  const { table, sent } = recordedTable();
  await ask(table);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.command).toBe(`${command}Command`);
  const { ExclusiveStartKey: _, ...rest } = sent[0]?.input ?? {};
  expect(rest).toEqual({ TableName: 'books', ...input });
});

test.each<[string, Condition, readonly string[], readonly unknown[]]>([
  ['attribute_not_exists(#c0)', IS_ABSENT, ['item'], []],
  ['attribute_exists(#c0)', IS_PRESENT, ['item'], []],
  ['#c0 BETWEEN :c0 AND :c1', { nextAt: { from: 1, to: 2 } }, ['nextAt'], [1, 2]],
  [
    '#c0 = :c0 AND attribute_exists(#c1) OR #c2 < :c1',
    [{ sha256: { equals: 'x' }, answered: { exists: true } }, { answered: { below: 3 } }],
    ['sha256', 'answered', 'answered'],
    ['x', 3],
  ],
])('the condition %s', async (expression, condition, names, values) => {
  const { table, sent } = recordedTable();
  await table.delete(KEY, condition);
  const {
    ConditionExpression,
    ExpressionAttributeNames = {},
    ExpressionAttributeValues = {},
  } = sent[0]?.input ?? {};
  expect(ConditionExpression).toBe(expression);
  expect(ExpressionAttributeNames).toEqual(Object.fromEntries(names.map((name, n) => [`#c${n}`, name])));
  expect(ExpressionAttributeValues).toEqual(Object.fromEntries(values.map((value, n) => [`:c${n}`, value])));
  // DynamoDB refuses empty ones.
  expect(sent[0]?.input.ExpressionAttributeValues === undefined).toBe(values.length === 0);
});

const WRITES: readonly [string, Ask][] = [
  ['put', (table) => table.put({ ...KEY, n: 1 }, CONDITION)],
  ['update', (table) => table.update(KEY, { set: { n: 1 }, condition: CONDITION })],
  ['delete', (table) => table.delete(KEY, CONDITION)],
];

const failed = (more: object = {}) =>
  new ConditionalCheckFailedException({ message: 'no', $metadata: {}, ...more });

test.each(WRITES)('%s returns what was there before, or what made its condition fail', async (_, write) => {
  const { table, sent } = recordedTable(
    { Attributes: { n: 0 } },
    failed({ Item: { n: { N: '6' }, body: { B: new Uint8Array([1]) } } }),
  );
  expect(await write(table)).toEqual({ written: true, before: { n: 0 } });
  expect(await write(table)).toEqual({ written: false, existing: { n: 6, body: new Uint8Array([1]) } });
  expect(sent).toHaveLength(2);
  expect(sent[1]?.input).toMatchObject({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
});

test.each(WRITES)(
  '%s reads what made its condition fail from an emulator that does not return it',
  async (_, write) => {
    const { table, sent } = recordedTable(failed(), { Item: { n: 7 } });
    expect(await write(table)).toEqual({ written: false, existing: { n: 7 } });
    expect(sent[1]).toEqual({
      command: 'GetItemCommand',
      input: { TableName: 'books', Key: KEY, ConsistentRead: true },
    });
  },
);

test('a query continues where a page ends', async () => {
  const { table, sent } = recordedTable(
    { Items: [{ ...KEY, dueAt: '1', dueShard: '0' }], LastEvaluatedKey: KEY },
    { Items: [{ ...KEY, dueAt: '2' }] },
  );
  expect(await collect(table.queryDue('0', '2027'))).toEqual([
    { ...KEY, dueAt: '1' },
    { ...KEY, dueAt: '2' },
  ]);
  expect(sent.map(({ input }) => input.ExclusiveStartKey)).toEqual([undefined, KEY]);
});

test.each<[string, Ask]>([
  ...WRITES,
  ['get', (table) => table.get(KEY)],
  ['query', (table) => collect(table.query({ bookId: 'b' }))],
])('throttling of a %s is a retry, another error is passed on', async (_, ask) => {
  const throttled = new ThrottlingException({ message: 'slow down', $metadata: {} });
  const { table, sent } = recordedTable(throttled, new Error('no connection'));
  await expect(ask(table)).rejects.toMatchObject({ class: 'retry', code: 'dynamodb-throttled' });
  await expect(ask(table)).rejects.toThrow('no connection');
  expect(sent).toHaveLength(2);
});

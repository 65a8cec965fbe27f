import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Failure } from '../failure.ts';
import { type Condition, conditionInput } from './condition.ts';
import { DUE_INDEX } from './keys.ts';

export type Item = Record<string, unknown>;

export interface Key {
  readonly bookId: string;
  readonly item: string;
}

export interface Update {
  /** Attribute to value. `undefined` removes the attribute. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Attribute to a number that is added to its value; the attribute must exist. */
  readonly add?: Readonly<Record<string, number>>;
  readonly condition?: Condition;
}

/** Result of a conditional write: the item before it (`undefined`: none), or the item that made it fail. */
export type Written =
  | { readonly written: true; readonly before: Item | undefined }
  | { readonly written: false; readonly existing: Item | undefined };

/** The project's one table, with the few operations that the store needs. Reads of items are consistent. */
export interface Table {
  get(key: Key, attributes?: readonly string[]): Promise<Item | undefined>;
  put(item: Item & Key, condition?: Condition): Promise<Written>;
  update(key: Key, update: Update): Promise<Written>;
  delete(key: Key, condition?: Condition): Promise<Written>;
  /** Items of a partition whose sort key begins with `prefix`, in the order of the sort key. */
  query(query: PartitionQuery): AsyncGenerator<Item>;
  /** Keys of the items that are due by a time, longest due first. The index may lag. */
  queryDue(dueShard: string, until: string): AsyncGenerator<DueRow>;
}

/** A table in DynamoDB, for tools that need its client. */
export interface DynamoTable extends Table {
  readonly name: string;
  readonly client: DynamoDBDocumentClient;
}

export interface PartitionQuery {
  readonly bookId: string;
  readonly prefix?: string;
  /** All when absent. */
  readonly attributes?: readonly string[];
}

/** A row of the index `due`: keys only. */
export interface DueRow extends Key {
  readonly dueAt: string;
}

/** AWS: DynamoDB answers within milliseconds; a request that takes longer is repeated by the SDK. */
const REQUEST_TIMEOUTS = { requestTimeout: 3000, throwOnRequestTimeout: true, connectionTimeout: 1000 };

export function openTable(
  name: string,
  client: DynamoDBClient = new DynamoDBClient({ maxAttempts: 5, requestHandler: REQUEST_TIMEOUTS }),
): DynamoTable {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  const get: Table['get'] = async (key, attributes) => {
    const { Item } = await documents
      .send(
        new GetCommand({ TableName: name, Key: key, ConsistentRead: true, ...projectionInput(attributes) }),
      )
      .catch(throwStoreFailure);
    return Item;
  };

  const conditionally = async (
    key: Key,
    write: Promise<{ Attributes?: Item | undefined }>,
  ): Promise<Written> => {
    try {
      return { written: true, before: (await write).Attributes };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw asStoreFailure(error);
      // Without an item, there is none, or it is an emulator, which does not return it.
      const existing = error.Item === undefined ? await get(key) : unmarshall(error.Item);
      return { written: false, existing };
    }
  };
  const writing = {
    TableName: name,
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;

  async function* query(input: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<Item> {
    let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = await documents
        .send(new QueryCommand({ ...input, TableName: name, ExclusiveStartKey }))
        .catch(throwStoreFailure);
      yield* page.Items ?? [];
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  return {
    name,
    client: documents,
    get,
    put: ({ bookId, item, ...rest }, condition) => {
      const input = {
        ...writing,
        Item: { bookId, item, ...rest },
        ...(condition && conditionInput(condition)),
      };
      return conditionally({ bookId, item }, documents.send(new PutCommand(input)));
    },
    update: (Key, update) => {
      const input = { ...writing, Key, ...updateInput(update) };
      return conditionally(Key, documents.send(new UpdateCommand(input)));
    },
    delete: (Key, condition) => {
      const input = { ...writing, Key, ...(condition && conditionInput(condition)) };
      return conditionally(Key, documents.send(new DeleteCommand(input)));
    },
    query: ({ bookId, prefix, attributes }) => {
      const { ExpressionAttributeNames: names, ...projection } = projectionInput(attributes);
      return query({
        KeyConditionExpression:
          prefix === undefined ? 'bookId = :book' : 'bookId = :book AND begins_with(#item, :prefix)',
        ...projection,
        ...((prefix !== undefined || names !== undefined) && {
          ExpressionAttributeNames: { ...names, ...(prefix !== undefined && { '#item': 'item' }) },
        }),
        ExpressionAttributeValues: { ':book': bookId, ...(prefix !== undefined && { ':prefix': prefix }) },
        ConsistentRead: true,
      });
    },
    async *queryDue(dueShard, until) {
      const rows = query({
        IndexName: DUE_INDEX,
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :until',
        ExpressionAttributeValues: { ':shard': dueShard, ':until': until },
      });
      for await (const { bookId, item, dueAt } of rows) {
        yield { bookId: String(bookId), item: String(item), dueAt: String(dueAt) };
      }
    },
  };
}

function throwStoreFailure(error: unknown): never {
  throw asStoreFailure(error);
}

function asStoreFailure(error: unknown): unknown {
  const isThrottled =
    error instanceof ProvisionedThroughputExceededException ||
    error instanceof RequestLimitExceeded ||
    error instanceof ThrottlingException;
  return isThrottled ? new Failure('retry', 'dynamodb-throttled', { cause: error }) : error;
}

/** The projection of a DynamoDB request: which attributes are returned. */
function projectionInput(attributes: readonly string[] | undefined) {
  if (attributes === undefined) return {};
  const names = Object.fromEntries(attributes.map((attribute, i) => [`#a${i}`, attribute]));
  return { ProjectionExpression: Object.keys(names).join(', '), ExpressionAttributeNames: names };
}

/** The parts of an UpdateItem request. */
function updateInput({ set = {}, add = {}, condition }: Update) {
  const when = condition && conditionInput(condition);
  const names: Record<string, string> = { ...when?.ExpressionAttributeNames };
  const values: Record<string, unknown> = { ...when?.ExpressionAttributeValues };
  const sets: string[] = [];
  const removes: string[] = [];
  for (const [n, [attribute, value]] of [...Object.entries(set), ...Object.entries(add)].entries()) {
    const name = `#s${n}`;
    names[name] = attribute;
    if (value === undefined) {
      removes.push(name);
      continue;
    }
    values[`:s${n}`] = value;
    sets.push(n < Object.keys(set).length ? `${name} = :s${n}` : `${name} = ${name} + :s${n}`);
  }
  const clauses = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
  ];
  return {
    ...when,
    UpdateExpression: clauses.filter((clause) => clause !== '').join(' '),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

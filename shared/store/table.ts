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
import { Failure } from '../failure.ts';
import { DUE_INDEX } from './keys.ts';
import {
  type Condition,
  conditionInput,
  projectionInput,
  type Update,
  updateInput,
} from './table-expressions.ts';

export type Item = Record<string, unknown>;

export interface Key {
  readonly bookId: string;
  readonly item: string;
}

/** A conditional write: the item before it (`undefined`: none), or the item that made it fail. */
export type Written =
  | { readonly written: true; readonly before: Item | undefined }
  | { readonly written: false; readonly existing: Item | undefined };

/** The project's one table, with the few operations that the store needs. Reads of items are consistent. */
export interface Table {
  get(key: Key, attributes?: readonly string[]): Promise<Item | undefined>;
  put(item: Item & Key, condition?: Condition): Promise<Written>;
  update(key: Key, update: Update): Promise<Written>;
  delete(key: Key, condition?: Condition): Promise<Written>;
  /** The items of a partition whose sort key begins with `prefix`, in the order of the sort key. */
  query(query: PartitionQuery): AsyncGenerator<Item>;
  /** The keys of the items that are due by a time, longest due first, as the index shows them (it may lag). */
  queryDue(dueShard: string, until: string): AsyncGenerator<DueRow>;
}

/** A table in DynamoDB, for tools that need more of it. */
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

  /** Reads the item again on a failed condition: some DynamoDB emulators do not return it. */
  const conditionally = async (key: Key, write: () => Promise<Item | undefined>): Promise<Written> => {
    try {
      return { written: true, before: await write() };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw asStoreFailure(error);
      return { written: false, existing: await get(key) };
    }
  };

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
    put: ({ bookId, item, ...rest }, condition) =>
      conditionally({ bookId, item }, async () => {
        const input = {
          TableName: name,
          Item: { bookId, item, ...rest },
          ReturnValues: 'ALL_OLD' as const,
          ...conditionInput(condition),
        };
        return (await documents.send(new PutCommand(input))).Attributes;
      }),
    update: (key, update) =>
      conditionally(key, async () => {
        const input = { TableName: name, Key: key, ReturnValues: 'ALL_OLD' as const, ...updateInput(update) };
        return (await documents.send(new UpdateCommand(input))).Attributes;
      }),
    delete: (key, condition) =>
      conditionally(key, async () => {
        const input = {
          TableName: name,
          Key: key,
          ReturnValues: 'ALL_OLD' as const,
          ...conditionInput(condition),
        };
        return (await documents.send(new DeleteCommand(input))).Attributes;
      }),
    query: ({ bookId, prefix, attributes }) => {
      const projection = projectionInput(attributes);
      return query({
        KeyConditionExpression:
          prefix === undefined ? 'bookId = :book' : 'bookId = :book AND begins_with(#item, :prefix)',
        ...projection,
        ...((prefix !== undefined || attributes !== undefined) && {
          ExpressionAttributeNames: {
            ...projection.ExpressionAttributeNames,
            ...(prefix !== undefined && { '#item': 'item' }),
          },
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

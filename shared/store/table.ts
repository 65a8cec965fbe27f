import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { Failure } from '../failure.ts';

export type Item = Record<string, unknown>;

export interface Key {
  readonly bookId: string;
  readonly item: string;
}

/** A conditional write: what was there before it (`undefined`: nothing), or what made it fail. */
export type Written =
  | { readonly written: true; readonly before: Item | undefined }
  | { readonly written: false; readonly existing: Item | undefined };

/** The project's one table, with the few operations that the store needs. */
export interface Table {
  readonly name: string;
  readonly client: DynamoDBDocumentClient;
  get(key: Key, attributes?: readonly string[]): Promise<Item | undefined>;
  put(item: Item & Key, condition: Condition): Promise<Written>;
  update(key: Key, update: Update): Promise<Written>;
  delete(key: Key): Promise<void>;
  /** All items of a query, page by page. */
  query(input: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<Item>;
}

export interface Condition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface Update {
  /** Attribute → value. `undefined` removes the attribute. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Attribute → value that is set only where there is none yet. */
  readonly setOnce?: Readonly<Record<string, unknown>>;
  readonly condition?: Condition;
}

export function openTable(
  name: string,
  client: DynamoDBClient = new DynamoDBClient({ maxAttempts: 5 }),
): Table {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  const get: Table['get'] = async (key, attributes) => {
    const names = Object.fromEntries((attributes ?? []).map((attribute, i) => [`#a${i}`, attribute]));
    const { Item } = await documents.send(
      new GetCommand({
        TableName: name,
        Key: key,
        ConsistentRead: true,
        ...(attributes !== undefined && {
          ProjectionExpression: Object.keys(names).join(', '),
          ExpressionAttributeNames: names,
        }),
      }),
    );
    return Item;
  };

  /** Read anew on failure, which is rare: not every DynamoDB-like server returns what failed the condition. */
  const conditionally = async (key: Key, write: () => Promise<Item | undefined>): Promise<Written> => {
    try {
      return { written: true, before: await write() };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw asStoreFailure(error);
      return { written: false, existing: await get(key) };
    }
  };

  return {
    name,
    client: documents,
    get,
    put: ({ bookId, item, ...rest }, condition) =>
      conditionally({ bookId, item }, async () => {
        const input: PutCommandInput = {
          TableName: name,
          Item: { bookId, item, ...rest },
          ReturnValues: 'ALL_OLD',
          ...conditionInput(condition),
        };
        return (await documents.send(new PutCommand(input))).Attributes;
      }),
    update: (key, update) =>
      conditionally(key, async () => {
        const input: UpdateCommandInput = {
          TableName: name,
          Key: key,
          ReturnValues: 'ALL_OLD',
          ...updateInput(update),
        };
        return (await documents.send(new UpdateCommand(input))).Attributes;
      }),
    async delete(key) {
      await documents.send(new DeleteCommand({ TableName: name, Key: key }));
    },
    async *query(input) {
      let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
      do {
        const page = await documents.send(new QueryCommand({ ...input, TableName: name, ExclusiveStartKey }));
        yield* page.Items ?? [];
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
    },
  };
}

function conditionInput({ expression, names, values }: Condition) {
  return {
    ConditionExpression: expression,
    ...(names !== undefined && { ExpressionAttributeNames: names }),
    ...(values !== undefined && { ExpressionAttributeValues: values }),
  };
}

function updateInput({ set, setOnce = {}, condition }: Update) {
  const names: Record<string, string> = { ...condition?.names };
  const values: Record<string, unknown> = { ...condition?.values };
  const sets: string[] = [];
  const removes: string[] = [];
  let n = 0;
  const name = (attribute: string) => {
    const placeholder = `#s${n}`;
    names[placeholder] = attribute;
    return placeholder;
  };
  for (const [attribute, value] of Object.entries(set)) {
    if (value === undefined) removes.push(name(attribute));
    else {
      sets.push(`${name(attribute)} = :s${n}`);
      values[`:s${n}`] = value;
    }
    n += 1;
  }
  for (const [attribute, value] of Object.entries(setOnce)) {
    if (value === undefined) continue;
    const placeholder = name(attribute);
    sets.push(`${placeholder} = if_not_exists(${placeholder}, :s${n})`);
    values[`:s${n}`] = value;
    n += 1;
  }
  const clauses = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
  ];
  return {
    UpdateExpression: clauses.filter((clause) => clause !== '').join(' '),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ...(condition !== undefined && { ConditionExpression: condition.expression }),
  };
}

function asStoreFailure(error: unknown): unknown {
  if (error instanceof ProvisionedThroughputExceededException) {
    return new Failure('retry', 'dynamodb-throttled', { cause: error });
  }
  return error;
}

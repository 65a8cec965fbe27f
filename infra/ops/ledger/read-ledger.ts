import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Outcome } from '../../../shared/store/items.ts';
import { EVENT_PREFIX } from '../../../shared/store/keys.ts';
import type { DynamoTable, Item } from '../../../shared/store/table.ts';

/** Selects entries of the ledger: received from `from` to `to`, both included. */
export interface LedgerFilter {
  /** ISO 8601 UTC with milliseconds. */
  readonly from: string;
  readonly to: string;
  readonly channel?: string | undefined;
  /** `retrying`: deliveries that are being retried, or are dead. */
  readonly outcome?: Outcome | undefined;
  readonly eventName?: string | undefined;
  readonly deliveryId?: string | undefined;
  /** A partition; without it, the whole table is read. */
  readonly bookId?: string | undefined;
}

/** Earlier than any delivery. */
export const BEGINNING = new Date(0).toISOString();

/** Number of segments that are read at the same time. */
const SEGMENTS = 4;

export interface LedgerQuery {
  readonly filter: LedgerFilter;
  /** Attributes to read: payloads are large. */
  readonly attributes: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Reads entries of the ledger, in no order. No index has their time, so without a book the whole table is read, at
 * half a read unit for each 4 KB in it, whatever is found.
 *
 * @param onPage receives the entries of each page, and the number of items read for it.
 * @throws the error of DynamoDB.
 */
export async function readLedger(
  { client, name }: DynamoTable,
  { filter: { from, to, bookId, ...rest }, attributes, signal }: LedgerQuery,
  onPage: (items: Item[], scanned: number) => void,
): Promise<void> {
  const wanted = Object.entries(rest).filter(([, value]) => value !== undefined);
  const filters = wanted.map(([attribute]) => `#${attribute} = :${attribute}`);
  const named = ['item', ...attributes, ...wanted.map(([attribute]) => attribute)];
  const input = {
    TableName: name,
    ProjectionExpression: attributes.map((attribute) => `#${attribute}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(named.map((attribute) => [`#${attribute}`, attribute])),
  };
  // Bounds of the sort key. `$` follows `#`, the character that ends the time.
  const values = {
    ':first': `${EVENT_PREFIX}${from}`,
    ':last': `${EVENT_PREFIX}${to}$`,
    ...Object.fromEntries(wanted.map(([attribute, value]) => [`:${attribute}`, value])),
  };
  const collect = async (read: (startKey: Item | undefined) => Promise<Page>) => {
    let startKey: Item | undefined;
    do {
      const { Items = [], ScannedCount = 0, LastEvaluatedKey } = await read(startKey);
      onPage(Items, ScannedCount);
      startKey = LastEvaluatedKey;
    } while (startKey !== undefined && !signal.aborted);
  };
  if (bookId !== undefined) {
    return collect((ExclusiveStartKey) =>
      client.send(
        new QueryCommand({
          ...input,
          KeyConditionExpression: `bookId = :book AND ${BETWEEN}`,
          ...(filters.length > 0 && { FilterExpression: filters.join(' AND ') }),
          ExpressionAttributeValues: { ...values, ':book': bookId },
          ExclusiveStartKey,
        }),
      ),
    );
  }
  const scan = (Segment: number) =>
    collect((ExclusiveStartKey) =>
      client.send(
        new ScanCommand({
          ...input,
          Segment,
          TotalSegments: SEGMENTS,
          FilterExpression: [BETWEEN, ...filters].join(' AND '),
          ExpressionAttributeValues: values,
          ExclusiveStartKey,
        }),
      ),
    );
  await Promise.all(Array.from({ length: SEGMENTS }, (_, segment) => scan(segment)));
}

const BETWEEN = '#item BETWEEN :first AND :last';

interface Page {
  readonly Items?: Item[] | undefined;
  readonly ScannedCount?: number | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

/** Number of items in a table, which DynamoDB counted within the last six hours. */
export async function itemCount({ client, name }: DynamoTable): Promise<number> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  return Table?.ItemCount ?? 0;
}

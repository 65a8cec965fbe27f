import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import { inGroups } from '../../../shared/rate-limit/slots.ts';
import type { Outcome } from '../../../shared/store/items.ts';
import { DUE_SHARDS, EVENT_PREFIX, ledgerIndex } from '../../../shared/store/keys.ts';
import type { DynamoTable, Item, Table } from '../../../shared/store/table.ts';
import { iso } from '../../../shared/time.ts';

/** Selects entries of the ledger: received from `from` to `to`, both included. */
export interface LedgerFilter {
  /** ISO 8601 UTC with milliseconds. */
  readonly from: string;
  readonly to: string;
  readonly channel?: string | undefined;
  /** `retrying`: deliveries that are being retried, or are dead. */
  readonly outcome?: Outcome | undefined;
  readonly eventName?: string | undefined;
  readonly account?: string | undefined;
  readonly source?: 'webhook' | 'poll' | undefined;
  readonly deliveryId?: string | undefined;
  readonly bookId?: string | undefined;
  /** True if the index has every entry of the period. If not, and without a partition, the whole table is scanned. */
  readonly isIndexed?: boolean | undefined;
}

/** Earlier than any delivery. */
export const BEGINNING = new Date(0).toISOString();

/** Number of segments of a scan that are read at the same time. */
const SEGMENTS = 4;

/** Number of partitions that are read at the same time. */
const PARTITIONS = 32;

const HOUR_MS = 3_600_000;

interface LedgerQuery {
  readonly filter: LedgerFilter;
  /** Attributes to read: payloads are large. */
  readonly attributes: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Reads entries of the ledger, in no order: of one partition, of those that the index names, or by a scan, which costs
 * half a read unit for each 4 KB in the table, whatever is found.
 *
 * @param onPage receives the entries of each page, and the number of items read for it.
 * @throws the error of DynamoDB.
 */
export async function readLedger(
  table: DynamoTable,
  { filter: { from, to, bookId, isIndexed, ...rest }, attributes, signal }: LedgerQuery,
  onPage: (items: Item[], scanned: number) => void,
): Promise<void> {
  const { client, name } = table;
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
  const readPartition = (partition: string) =>
    collect((ExclusiveStartKey) =>
      client.send(
        new QueryCommand({
          ...input,
          KeyConditionExpression: `bookId = :book AND ${BETWEEN}`,
          ...(filters.length > 0 && { FilterExpression: filters.join(' AND ') }),
          ExpressionAttributeValues: { ...values, ':book': partition },
          ExclusiveStartKey,
        }),
      ),
    );
  if (bookId !== undefined) return readPartition(bookId);
  if (isIndexed === true) {
    const partitions = await findPartitions(table, { from, to }, signal);
    return inGroups([...partitions], PARTITIONS, async (one) => {
      if (!signal.aborted) await readPartition(one);
    });
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

/** Finds the partitions with entries of a period through the index, and perhaps some others. */
async function findPartitions(
  table: Table,
  { from, to }: Pick<LedgerFilter, 'from' | 'to'>,
  signal: AbortSignal,
): Promise<Set<string>> {
  const found = new Set<string>([OWN_PARTITIONS.account]);
  const until = Math.min(Date.parse(to), Date.now());
  const hours: string[] = [];
  for (let at = Date.parse(from); at < until + HOUR_MS; at += HOUR_MS) hours.push(iso(at));
  const keys = hours.flatMap((hour) => DUE_SHARDS.map((shard) => ledgerIndex(hour, shard)));
  await inGroups(keys, PARTITIONS, async (bookId) => {
    if (signal.aborted) return;
    for await (const { item } of table.query({ bookId, attributes: ['item'] })) found.add(String(item));
  });
  return found;
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

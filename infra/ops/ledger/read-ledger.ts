import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Outcome } from '../../../shared/store/items.ts';
import { EVENT_PREFIX } from '../../../shared/store/keys.ts';
import type { DynamoTable, Item } from '../../../shared/store/table.ts';

/** Selects entries of the ledger: received from `from` to `to`, both included. */
export interface Window {
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

/** Number of segments that are read at the same time. */
const SEGMENTS = 4;

export interface LedgerQuery {
  readonly window: Window;
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
  table: DynamoTable,
  { window, attributes, signal }: LedgerQuery,
  onPage: (items: Item[], scanned: number) => void,
): Promise<void> {
  const projected = Object.fromEntries(attributes.map((name) => [`#${name}`, name]));
  const collect = async (pages: AsyncIterable<Page>) => {
    for await (const { Items = [], ScannedCount = 0 } of pages) {
      onPage(Items, ScannedCount);
      if (signal.aborted) return;
    }
  };
  if (window.bookId !== undefined) return collect(queryPages(table, window, window.bookId, projected));
  const segments = Array.from({ length: SEGMENTS }, (_, segment) => segment);
  await Promise.all(segments.map((segment) => collect(scanPages(table, window, segment, projected))));
}

type Names = Readonly<Record<string, string>>;

function queryPages(
  table: DynamoTable,
  window: Window,
  bookId: string,
  projected: Names,
): AsyncGenerator<Page> {
  const { filter, names, values } = filterOf(window);
  return pages((ExclusiveStartKey) =>
    table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: `bookId = :book AND ${BETWEEN}`,
        ...(filter !== undefined && { FilterExpression: filter }),
        ExpressionAttributeNames: { ...projected, ...names, ...ITEM },
        ExpressionAttributeValues: { ':book': bookId, ...between(window), ...values },
        ProjectionExpression: Object.keys(projected).join(', '),
        ExclusiveStartKey,
      }),
    ),
  );
}

function scanPages(
  table: DynamoTable,
  window: Window,
  Segment: number,
  projected: Names,
): AsyncGenerator<Page> {
  const { filter, names, values } = filterOf(window);
  return pages((ExclusiveStartKey) =>
    table.client.send(
      new ScanCommand({
        TableName: table.name,
        Segment,
        TotalSegments: SEGMENTS,
        FilterExpression: filter === undefined ? BETWEEN : `${BETWEEN} AND ${filter}`,
        ExpressionAttributeNames: { ...projected, ...names, ...ITEM },
        ExpressionAttributeValues: { ...between(window), ...values },
        ProjectionExpression: Object.keys(projected).join(', '),
        ExclusiveStartKey,
      }),
    ),
  );
}

interface Page {
  readonly Items?: Item[] | undefined;
  readonly ScannedCount?: number | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

async function* pages(read: (startKey: Item | undefined) => Promise<Page>): AsyncGenerator<Page> {
  let startKey: Item | undefined;
  do {
    const page = await read(startKey);
    yield page;
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
}

const ITEM = { '#item': 'item' };
const BETWEEN = '#item BETWEEN :first AND :last';

/** Bounds of the sort key. `$` follows `#`, the character that ends the time. */
function between({ from, to }: Window) {
  return { ':first': `${EVENT_PREFIX}${from}`, ':last': `${EVENT_PREFIX}${to}$` };
}

/** A condition for each attribute that the window names. */
function filterOf({ channel, outcome, eventName, deliveryId }: Window) {
  const wanted = Object.entries({ channel, outcome, eventName, deliveryId }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    filter: wanted.length === 0 ? undefined : wanted.map(([name]) => `#${name} = :${name}`).join(' AND '),
    names: Object.fromEntries(wanted.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(wanted.map(([name, value]) => [`:${name}`, value])),
  };
}

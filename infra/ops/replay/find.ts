import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Outcome } from '../../../shared/store/items.ts';
import { EVENT_PREFIX } from '../../../shared/store/keys.ts';
import type { DynamoTable, Item, Key } from '../../../shared/store/table.ts';

/** Which entries of the ledger: received from `from` to `to`, both included. */
export interface Window {
  /** ISO 8601 UTC with milliseconds. */
  readonly from: string;
  readonly to: string;
  readonly channel?: string | undefined;
  /** `retrying`: deliveries that are being retried, or are dead. */
  readonly outcome?: Outcome | undefined;
  readonly deliveryId?: string | undefined;
  /** A partition; without it the whole table is read. */
  readonly bookId?: string | undefined;
}

/** An entry of the ledger, without what is large. */
export interface Past extends Key {
  readonly receivedAt: string;
  readonly source: 'webhook' | 'poll';
}

const Past = z.object({
  bookId: z.string(),
  item: z.string(),
  receivedAt: z.string(),
  source: z.enum(['webhook', 'poll']),
});

/** Read at the same time. */
const SEGMENTS = 4;

/**
 * Finds entries of the ledger, oldest first. Only their keys are kept: some hundred bytes each.
 *
 * @param onFound receives how many there are so far.
 * @throws what DynamoDB throws.
 */
export async function findPast(
  table: DynamoTable,
  window: Window,
  signal: AbortSignal,
  onFound: (count: number) => void,
): Promise<Past[]> {
  const found: Past[] = [];
  const collect = async (pages: AsyncIterable<Item[]>) => {
    for await (const items of pages) {
      for (const item of items) found.push(Past.parse(item));
      onFound(found.length);
      if (signal.aborted) return;
    }
  };
  if (window.bookId !== undefined) await collect(queryPages(table, window, window.bookId));
  else {
    const segments = Array.from({ length: SEGMENTS }, (_, segment) => segment);
    await Promise.all(segments.map((segment) => collect(scanPages(table, window, segment))));
  }
  // The sort key begins with the time.
  return found.sort((a, b) => (a.item < b.item ? -1 : 1));
}

async function* queryPages(table: DynamoTable, window: Window, bookId: string): AsyncGenerator<Item[]> {
  const { filter, names, values } = filterOf(window);
  yield* pages((ExclusiveStartKey) =>
    table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: `bookId = :book AND ${BETWEEN}`,
        ...(filter !== undefined && { FilterExpression: filter }),
        ExpressionAttributeNames: { ...PROJECTED, ...names },
        ExpressionAttributeValues: { ':book': bookId, ...between(window), ...values },
        ProjectionExpression: Object.keys(PROJECTED).join(', '),
        ExclusiveStartKey,
      }),
    ),
  );
}

async function* scanPages(table: DynamoTable, window: Window, Segment: number): AsyncGenerator<Item[]> {
  const { filter, names, values } = filterOf(window);
  yield* pages((ExclusiveStartKey) =>
    table.client.send(
      new ScanCommand({
        TableName: table.name,
        Segment,
        TotalSegments: SEGMENTS,
        FilterExpression: filter === undefined ? BETWEEN : `${BETWEEN} AND ${filter}`,
        ExpressionAttributeNames: { ...PROJECTED, ...names },
        ExpressionAttributeValues: { ...between(window), ...values },
        ProjectionExpression: Object.keys(PROJECTED).join(', '),
        ExclusiveStartKey,
      }),
    ),
  );
}

interface Page {
  readonly Items?: Item[] | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

async function* pages(read: (startKey: Item | undefined) => Promise<Page>): AsyncGenerator<Item[]> {
  let startKey: Item | undefined;
  do {
    const page = await read(startKey);
    yield page.Items ?? [];
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
}

const BETWEEN = '#item BETWEEN :first AND :last';
const PROJECTED = { '#book': 'bookId', '#item': 'item', '#received': 'receivedAt', '#source': 'source' };

/** `$` is the character after `#`, which ends the time. */
function between({ from, to }: Window) {
  return { ':first': `${EVENT_PREFIX}${from}`, ':last': `${EVENT_PREFIX}${to}$` };
}

/** A condition for each attribute that the window names. */
function filterOf({ channel, outcome, deliveryId }: Window) {
  const wanted = Object.entries({ channel, outcome, deliveryId }).filter(([, value]) => value !== undefined);
  return {
    filter: wanted.length === 0 ? undefined : wanted.map(([name]) => `#${name} = :${name}`).join(' AND '),
    names: Object.fromEntries(wanted.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(wanted.map(([name, value]) => [`:${name}`, value])),
  };
}

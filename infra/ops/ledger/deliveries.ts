import * as z from 'zod';
import { findEventName } from '../../../shared/events/catalog.ts';
import { EventItem, type Outcome } from '../../../shared/store/items.ts';
import type { DynamoTable } from '../../../shared/store/table.ts';
import type { Target } from '../target/target.ts';
import { type LedgerFilter, readLedger } from './read-ledger.ts';

/** A code of Ocrolus or our own. Other reasons are text of Ocrolus, which may name people. */
const CODE = /^[\w.:-]{1,80}$/;

/** A delivery in the ledger, without its body. */
export const Delivery = EventItem.omit({ item: true, payload: true, expiresAt: true }).extend({
  reason: z
    .string()
    .transform((reason) => (CODE.test(reason) ? reason : '(text, see ops book)'))
    .optional(),
});

export type Delivery = z.infer<typeof Delivery>;

/** Includes the item's key, which the order needs. */
const LedgerRow = Delivery.extend({ item: z.string() });

const ATTRIBUTES = Object.keys(LedgerRow.shape);

/** What an operator looks for. Times are those of {@link LedgerFilter}. */
interface Wanted {
  readonly since: string;
  readonly until?: string | undefined;
  readonly book?: string | undefined;
  /** An event of the catalog in any spelling, or any other name. */
  readonly event?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly account?: string | undefined;
  readonly source?: LedgerFilter['source'];
}

/**
 * The filter for a search that uses the index, unless it names a book, or the stack has none.
 *
 * @returns `indexedSince` if deliveries from before that time are left out, because the index does not have them.
 * @throws the error of CloudFormation.
 */
export async function indexedFilter(
  target: Pick<Target, 'ledgerIndexedSince'>,
  { since, until, book, event, outcome, account, source }: Wanted,
): Promise<{ readonly filter: LedgerFilter; readonly indexedSince: string | undefined }> {
  const indexedSince = book === undefined ? await target.ledgerIndexedSince() : undefined;
  const isPartly = indexedSince !== undefined && since < indexedSince;
  return {
    filter: {
      from: isPartly ? indexedSince : since,
      to: until ?? new Date().toISOString(),
      isIndexed: indexedSince !== undefined,
      bookId: book,
      outcome,
      account,
      source,
      eventName: event === undefined ? undefined : (findEventName(event) ?? event),
    },
    indexedSince: isPartly ? indexedSince : undefined,
  };
}

/**
 * Finds deliveries in the ledger, newest first.
 *
 * @param limit maximum number of deliveries; the newest are kept.
 * @param onScanned receives the number of items read so far.
 * @returns `total`: number of matching deliveries.
 * @throws the error of DynamoDB.
 */
export async function findDeliveries(
  table: DynamoTable,
  filter: LedgerFilter,
  { limit, signal, onScanned }: Search,
) {
  let entries: z.infer<typeof LedgerRow>[] = [];
  let total = 0;
  let scanned = 0;
  const trim = () => {
    entries = entries.sort((a, b) => (a.item > b.item ? -1 : 1)).slice(0, limit);
  };
  await readLedger(table, { filter, attributes: ATTRIBUTES, signal }, (items, count) => {
    for (const item of items) entries.push(LedgerRow.parse(item));
    total += items.length;
    scanned += count;
    if (entries.length > 2 * limit) trim();
    onScanned(scanned);
  });
  trim();
  return { deliveries: entries.map(({ item: _, ...delivery }) => delivery), total };
}

interface Search {
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly onScanned: (items: number) => void;
}

/** Finds one delivery, then stops reading. @returns `undefined` if it is not in the ledger. */
export async function findDelivery(
  table: DynamoTable,
  filter: LedgerFilter & { readonly deliveryId: string },
  { signal, onScanned }: Omit<Search, 'limit'>,
): Promise<Delivery | undefined> {
  const stop = new AbortController();
  const aborted = AbortSignal.any([signal, stop.signal]);
  let found: Delivery | undefined;
  let scanned = 0;
  await readLedger(table, { filter, attributes: ATTRIBUTES, signal: aborted }, (items, count) => {
    for (const item of items) {
      const delivery = Delivery.parse(item);
      // A record of failed attempts may remain under the pk of a book; the final record says more.
      if (found === undefined || found.outcome === 'retrying') found = delivery;
    }
    if (found !== undefined && found.outcome !== 'retrying') stop.abort();
    scanned += count;
    onScanned(scanned);
  });
  return found;
}

/** Where the body of a past delivery is. A forgotten book has none, and the one of a large delivery may be gone from the bucket. */
const BodyPlace = z.optional(z.unknown()).transform((payload) => {
  if (payload === undefined) return 'nowhere';
  return typeof payload === 'string' || payload instanceof Uint8Array ? 'item' : 'bucket';
});

/** Key of an entry of the ledger, and the attributes that select what is replayed. */
const PastDelivery = z.object({
  bookId: z.string(),
  item: z.string(),
  receivedAt: z.string(),
  source: z.enum(['webhook', 'poll']),
  payload: BodyPlace,
});

export type PastDelivery = z.output<typeof PastDelivery>;

/**
 * Finds entries of the ledger, oldest first. Only their keys are kept: a few hundred bytes each.
 *
 * @throws the error of DynamoDB.
 */
export async function findPastDeliveries(
  table: DynamoTable,
  filter: LedgerFilter,
  signal: AbortSignal,
): Promise<PastDelivery[]> {
  const found: PastDelivery[] = [];
  await readLedger(table, { filter, attributes: Object.keys(PastDelivery.shape), signal }, (items) => {
    for (const item of items) found.push(PastDelivery.parse(item));
  });
  // The sort key begins with the time.
  return found.sort((a, b) => (a.item < b.item ? -1 : 1));
}

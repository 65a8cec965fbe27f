import * as z from 'zod';
import type { DynamoTable, Key } from '../../../shared/store/table.ts';
import { readLedger, type Window } from '../ledger/read-ledger.ts';

/** An entry of the ledger, without its large attributes. */
export interface PastDelivery extends Key {
  readonly receivedAt: string;
  readonly source: 'webhook' | 'poll';
}

const PastDelivery = z.object({
  bookId: z.string(),
  item: z.string(),
  receivedAt: z.string(),
  source: z.enum(['webhook', 'poll']),
});

/**
 * Finds entries of the ledger, oldest first. Only their keys are kept: some hundred bytes each.
 *
 * @param onFound receives the number of entries so far.
 * @throws the error of DynamoDB.
 */
export async function findPastDeliveries(
  table: DynamoTable,
  window: Window,
  signal: AbortSignal,
  onFound: (count: number) => void,
): Promise<PastDelivery[]> {
  const found: PastDelivery[] = [];
  await readLedger(table, { window, attributes: Object.keys(PastDelivery.shape), signal }, (items) => {
    for (const item of items) found.push(PastDelivery.parse(item));
    onFound(found.length);
  });
  // The sort key begins with the time.
  return found.sort((a, b) => (a.item < b.item ? -1 : 1));
}

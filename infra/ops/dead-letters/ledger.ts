import * as z from 'zod';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { bookIdOf } from '../../../shared/events/ids.ts';
import { eventItem } from '../../../shared/store/keys.ts';
import type { DynamoTable, Table } from '../../../shared/store/table.ts';
import { findUuids } from '../ledger/books.ts';

export interface LedgerState {
  /** `retrying` is not final: every attempt so far has failed. */
  readonly outcome: string;
  readonly attempts: number;
  /** Code of each failed attempt, oldest first. */
  readonly codes: readonly string[];
}

const Entry = z.object({ outcome: z.string(), attempts: z.int(), codes: z.array(z.string()).default([]) });

/**
 * Finds the ledger entry of a delivery, under the book that the message names, with one read.
 *
 * @returns `undefined` if it is not there. If the message names its book by the pk alone, the entry may be under the
 * uuid: see `findMoved`.
 */
export function findLedgerState(table: Table, envelope: Envelope): Promise<LedgerState | undefined> {
  return readState(table, bookIdOf(envelope.ids), envelope);
}

/** True if the delivery is done; `retrying` means that it is not. */
export function isFinal({ outcome }: LedgerState): boolean {
  return outcome !== 'retrying';
}

/** True if the entry may be in a partition that the message does not name. */
export function mayHaveMoved({ ids }: Envelope): boolean {
  return ids.bookPk !== undefined && ids.bookUuid === undefined;
}

/**
 * Finds ledger entries of deliveries that name their book by its pk alone, and that are under the uuid since a
 * consumer learned it. Only a BOOK item has both ids, and no index has the pk, so the books that are polled are read,
 * 100 a request, until all are found. A book that had a delivery is polled for `POLL_HORIZON_DAYS`, longer by default
 * than the 14 days of a dead letter.
 *
 * @returns the entries that were found.
 */
export async function findMoved(
  table: DynamoTable,
  envelopes: readonly Envelope[],
): Promise<ReadonlyMap<Envelope, LedgerState>> {
  const uuids = await findUuids(table, new Set(envelopes.flatMap(({ ids }) => ids.bookPk ?? [])));
  const found = new Map<Envelope, LedgerState>();
  for (const envelope of envelopes) {
    const bookId = uuids.get(envelope.ids.bookPk ?? '');
    const state = bookId === undefined ? undefined : await readState(table, bookId, envelope);
    if (state !== undefined) found.set(envelope, state);
  }
  return found;
}

async function readState(table: Table, bookId: string, envelope: Envelope): Promise<LedgerState | undefined> {
  const key = { bookId, item: eventItem(envelope.receivedAt, envelope.deliveryId) };
  const entry = await table.get(key, ['outcome', 'attempts', 'codes']);
  return entry === undefined ? undefined : Entry.parse(entry);
}

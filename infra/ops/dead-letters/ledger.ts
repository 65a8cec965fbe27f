import type { Envelope } from '../../../shared/events/envelope.ts';
import { bookIdOf } from '../../../shared/events/ids.ts';
import { DUE_INDEX, DUE_SHARDS, eventItem } from '../../../shared/store/keys.ts';
import type { Table } from '../../../shared/store/table.ts';

/**
 * What became of a delivery, as the ledger has it under the book that the message names: one read, and one more where
 * the message carries a uuid besides.
 *
 * @returns `undefined` when it is not there. Of a message that names its book by the pk alone it may be under the
 * uuid: `findMoved`.
 */
export async function findOutcome(table: Table, envelope: Envelope): Promise<string | undefined> {
  const { ids, observation } = envelope;
  const partitions = [
    bookIdOf(ids),
    ...(ids.bookUuid === undefined && observation ? [observation.bookUuid] : []),
  ];
  for (const bookId of partitions) {
    const outcome = await readOutcome(table, bookId, envelope);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** Whether an entry may be in a partition which the message does not tell. */
export function mayHaveMoved({ ids, observation }: Envelope): boolean {
  return ids.bookPk !== undefined && ids.bookUuid === undefined && observation === undefined;
}

/**
 * What became of deliveries that name their book by its pk alone, whose entries are under the uuid, since a consumer
 * learnt it (`relocate`, or at once). Only the item of a book knows both, and only the `due` index shows those without
 * a scan of bodies and all: it is read once for all of them, some 2,000 books a read, until they are found. A
 * book that had a delivery stays there for `POLL_HORIZON_DAYS`, a dead letter for 14 days.
 *
 * @returns what was found.
 */
export async function findMoved(
  table: Table,
  envelopes: readonly Envelope[],
): Promise<ReadonlyMap<Envelope, string>> {
  const uuids = await findUuids(table, new Set(envelopes.flatMap(({ ids }) => ids.bookPk ?? [])));
  const found = new Map<Envelope, string>();
  for (const envelope of envelopes) {
    const bookId = uuids.get(envelope.ids.bookPk ?? '');
    const outcome = bookId && (await readOutcome(table, bookId, envelope));
    if (outcome !== undefined) found.set(envelope, outcome);
  }
  return found;
}

async function findUuids(table: Table, pks: ReadonlySet<string>): Promise<Map<string, string>> {
  const uuids = new Map<string, string>();
  for (const shard of DUE_SHARDS) {
    if (uuids.size === pks.size) break;
    const books = table.query({
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'dueShard = :shard',
      ExpressionAttributeValues: { ':shard': shard },
      ProjectionExpression: 'bookPk, bookUuid',
    });
    for await (const { bookPk, bookUuid } of books) {
      if (typeof bookPk !== 'string' || typeof bookUuid !== 'string' || !pks.has(bookPk)) continue;
      uuids.set(bookPk, bookUuid);
      if (uuids.size === pks.size) break;
    }
  }
  return uuids;
}

async function readOutcome(table: Table, bookId: string, envelope: Envelope): Promise<string | undefined> {
  const key = { bookId, item: eventItem(envelope.receivedAt, envelope.deliveryId) };
  const entry = await table.get(key, ['outcome']);
  return entry === undefined ? undefined : String(entry.outcome);
}

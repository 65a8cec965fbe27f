import { identify } from '../../../shared/events/identify.ts';
import { OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import type { Bodies } from '../../../shared/store/bodies/result-bodies.ts';
import { EVENT_PREFIX } from '../../../shared/store/keys.ts';
import { type RemovedData, removeBody, stripEntry } from '../../../shared/store/removal/remove-book-data.ts';
import type { Table } from '../../../shared/store/table.ts';
import { type BookNames, isAbout } from './names.ts';

/**
 * Removes stored data of events that named a document, a request or a business of the book, but not the book. They
 * are in the partition `account`, which is read as a whole.
 *
 * @param removed is incremented.
 */
export async function removeEventsWithoutBook(
  table: Table,
  bodies: Bodies,
  names: BookNames,
  removed: RemovedData,
): Promise<void> {
  if (names.uuids.size === 0) return;
  const bookId = OWN_PARTITIONS.account;
  const attributes = ['item', 'payload'];
  for await (const { item, payload } of table.query({ bookId, prefix: EVENT_PREFIX, attributes })) {
    const body = await readPayload(bodies, payload);
    if (body === undefined) continue;
    const identified = identify(body);
    if (identified.kind === 'ping' || !isAbout(names, identified.ids)) continue;
    removed.payloads += 1;
    await removeBody(bodies, payload, removed);
    await stripEntry(table, bookId, String(item));
  }
}

/** @returns `undefined` if there is none, or it can no longer be read. */
async function readPayload(bodies: Bodies, payload: unknown): Promise<Uint8Array | undefined> {
  if (typeof payload === 'string') return Buffer.from(payload);
  if (payload instanceof Uint8Array) return payload;
  if (typeof payload !== 'object' || payload === null || !('key' in payload && 'bucket' in payload))
    return undefined;
  // The body was removed by its lifecycle, or is in another stack's bucket.
  return bodies.get(String(payload.bucket), String(payload.key)).catch(() => undefined);
}

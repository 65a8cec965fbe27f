import type { Envelope, Payload } from '../../../shared/events/envelope.ts';
import { identify, toEnvelope } from '../../../shared/events/identify.ts';
import { isOwnPartition } from '../../../shared/events/ids.ts';
import type { Bodies } from '../../../shared/store/bodies/result-bodies.ts';
import type { EventItem } from '../../../shared/store/items.ts';

/**
 * Builds the message of a delivery from its ledger entry: the same delivery, with its time of reception. It is
 * identified again, so that an event name that was unknown then now goes to its channel.
 *
 * @param bodies of this stack. A body in another stack's bucket is copied, since consumers can read no other.
 * @returns `undefined` if its body is gone, or there never was one.
 * @throws the error of S3.
 */
export async function rebuildEnvelope(entry: EventItem, bodies: Bodies): Promise<Envelope | undefined> {
  const stored = await readStored(entry.payload, bodies);
  if (stored === undefined) return undefined;
  const identified = identify(stored.rawBody);
  if (identified.kind === 'ping') return undefined;
  const { bookId, deliveryId, account, source, receivedAt } = entry;
  const { payload } = stored;
  const envelope = toEnvelope(identified, { deliveryId, account, source, receivedAt, payload });
  // An event may name only the pk of its book, which Ocrolus may have deleted since.
  return isOwnPartition(bookId) ? envelope : { ...envelope, ids: { ...envelope.ids, bookUuid: bookId } };
}

/** The body of a delivery exactly as it was received. @returns `undefined` if it is gone, or there never was one. */
export async function readBody(
  payload: EventItem['payload'],
  bodies: Pick<Bodies, 'get'>,
): Promise<Buffer | undefined> {
  if (payload === undefined) return undefined;
  if (typeof payload === 'string' || payload instanceof Uint8Array) return Buffer.from(payload);
  return unlessGone(() => bodies.get(payload.bucket, payload.key));
}

interface Stored {
  readonly rawBody: Uint8Array;
  readonly payload: Payload;
}

async function readStored(payload: EventItem['payload'], bodies: Bodies): Promise<Stored | undefined> {
  const rawBody = await readBody(payload, bodies);
  if (payload === undefined || rawBody === undefined) return undefined;
  if (typeof payload === 'string') return { rawBody, payload: { encoding: 'utf8', body: payload } };
  if (payload instanceof Uint8Array) {
    const body = Buffer.from(payload).toString('base64');
    return { rawBody, payload: { encoding: 'base64', body } };
  }
  if (payload.bucket !== bodies.bucket) await bodies.put(payload.key, rawBody);
  const { key } = payload;
  return { rawBody, payload: { encoding: 's3', bucket: bodies.bucket, key, bytes: rawBody.length } };
}

/** Bodies in S3 may be removed shortly before the entries that point to them. */
async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

import * as z from 'zod';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { bookIdOf, OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import { eventItem } from '../../../shared/store/keys.ts';
import type { DynamoTable, Table } from '../../../shared/store/table.ts';
import { findUuids } from '../ledger/books.ts';
import type { DeadLetter } from './dead-letter.ts';

/**
 * Reason why a message is in its dead-letter queue, as shown by the message and the ledger:
 * - `unreadable-message`: it is no message of this project, or one of another version.
 * - `processed-already`: the ledger has a final outcome of its delivery. SQS delivered it twice, or it was not
 *   deleted.
 * - `retries-used-up`: every attempt failed, with `codes`.
 */
export type Why = 'unreadable-message' | 'processed-already' | 'retries-used-up';

/** Description of a message for an operator, without body and names. */
export interface Description {
  readonly event: string | null;
  readonly book: string | null;
  readonly deliveryId: string | null;
  readonly source: 'webhook' | 'poll' | null;
  readonly receivedAt: string | null;
  readonly why: Why;
  /** Outcome of the delivery in the ledger; `retrying` while there is no final one. */
  readonly outcome: string | null;
  /** Code of each failed attempt, oldest first. */
  readonly codes: readonly string[];
  /** Number of attempts to process it; `null` if none is in the ledger. Receives by `ops` are none. */
  readonly attempts: number | null;
  readonly firstReceived: string | null;
  /** Seconds since SQS accepted it. */
  readonly ageSeconds: number;
  readonly messageId: string;
  readonly bytes: number;
}

/** @param state in the ledger; `undefined` if the delivery is not there. */
export function describe(letter: DeadLetter, state: LedgerState | undefined, now: number): Description {
  const { envelope, messageId, body, sentAt, firstReceivedAt } = letter;
  const bookId = envelope === undefined ? OWN_PARTITIONS.account : bookIdOf(envelope.ids);
  return {
    event: envelope?.eventName ?? null,
    book: bookId === OWN_PARTITIONS.account ? null : bookId,
    deliveryId: envelope?.deliveryId ?? null,
    source: envelope?.source ?? null,
    receivedAt: envelope?.receivedAt ?? null,
    why: whyOf(letter, state),
    outcome: state?.outcome ?? null,
    codes: state?.codes ?? [],
    attempts: state?.attempts ?? null,
    firstReceived: firstReceivedAt ?? null,
    ageSeconds: Math.max(0, Math.round((now - Date.parse(sentAt)) / 1000)),
    messageId,
    bytes: Buffer.byteLength(body),
  };
}

function whyOf({ envelope }: DeadLetter, state: LedgerState | undefined): Why {
  if (envelope === undefined) return 'unreadable-message';
  return state !== undefined && isFinal(state) ? 'processed-already' : 'retries-used-up';
}

/** Describes why, such as `retries-used-up (http-403 x4, network)` or `processed-already (applied)`. */
export function describeWhy({ why, outcome, codes }: Description): string {
  if (why === 'processed-already') return `${why} (${outcome})`;
  const counts = [...Map.groupBy(codes, (code) => code)].map(([code, all]) =>
    all.length === 1 ? code : `${code} x${all.length}`,
  );
  return counts.length === 0 ? why : `${why} (${counts.join(', ')})`;
}

interface LedgerState {
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
function isFinal({ outcome }: LedgerState): boolean {
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

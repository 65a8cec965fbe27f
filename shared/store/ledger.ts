import type { Envelope, Payload } from '../events/envelope.ts';
import { OWN_PARTITIONS } from '../events/ids.ts';
import { type Condition, IS_ABSENT } from './condition.ts';
import type { EventItem, Outcome } from './items.ts';
import { dueShard, eventItem, ledgerIndex } from './keys.ts';
import { expiryOf } from './removal/retention.ts';
import type { Item, Table } from './table.ts';

/** What the last attempt at a delivery did to the results and documents of its book, as the ledger lists it. */
export type Effects = Pick<EventItem, 'written' | 'alreadyStored' | 'unlisted'>;

export interface LedgerEntry {
  readonly bookId: string;
  /** Book of a delivery that names none, if an answer has named it. */
  readonly bookUuid?: string | undefined;
  readonly envelope: Envelope;
  readonly outcome: Outcome;
  readonly reason?: string | undefined;
  readonly attempts: number;
  readonly effects?: Effects | undefined;
  /** ISO 8601. */
  readonly processedAt: string;
  readonly keepDays: number;
  /** Shorter time for an entry with a body, if set: DynamoDB removes whole items. */
  readonly keepPayloadDays?: number | undefined;
}

/** Only the codes of the latest attempts are kept, so that an item cannot grow without limit. */
const MAX_CODES = 50;

/**
 * Records the outcome of a delivery. This is the last write of all, so that SQS delivers the message again after an
 * earlier crash. The first outcome stays, because SQS may deliver a message twice. The codes of failed attempts are
 * kept.
 *
 * @param earlier codes of attempts that were recorded in another partition.
 */
export async function writeLedger(
  table: Table,
  entry: LedgerEntry,
  earlier: readonly string[] = [],
): Promise<void> {
  const item = toItem(entry, earlier);
  await indexEntry(table, item);
  const written = await table.put(item, IS_ABSENT);
  if (written.written || written.existing?.outcome !== RETRYING) return;
  const codes = [...earlier, ...codesOf(written.existing)];
  await table.put(toItem(entry, codes), IS_NOT_FINAL);
}

/** Outcome of a delivery that is still being processed. */
export const RETRYING = 'retrying';

const IS_RETRYING = { outcome: { equals: RETRYING } };

/** Only a record of failed attempts, or none, may be replaced: it may move to another partition at any time. */
export const IS_NOT_FINAL: Condition = [IS_ABSENT, IS_RETRYING];

/**
 * Records the code of a failed attempt, so that a delivery that is being retried or dead can be found and replayed.
 * Never replaces a final outcome.
 */
export async function writeFailedAttempt(
  table: Table,
  entry: Omit<LedgerEntry, 'outcome' | 'reason' | 'effects'> & { readonly code: string },
): Promise<void> {
  const earlier = await readLedger(table, entry.bookId, entry.envelope);
  const codes = [...earlier.codes, entry.code].slice(-MAX_CODES);
  const item = toItem({ ...entry, outcome: RETRYING, reason: entry.code }, codes);
  await indexEntry(table, item);
  await table.put(item, IS_NOT_FINAL);
}

/** Ledger record of a delivery so far. */
export interface LedgerRecord {
  readonly isFinal: boolean;
  /** Codes of failed attempts. */
  readonly codes: readonly string[];
}

export const NO_RECORD: LedgerRecord = { isFinal: false, codes: [] };

export async function readLedger(table: Table, bookId: string, envelope: Envelope): Promise<LedgerRecord> {
  const item = eventItem(envelope.receivedAt, envelope.deliveryId);
  const existing = await table.get({ bookId, item }, ['codes', 'outcome']);
  if (existing === undefined) return NO_RECORD;
  return { isFinal: existing.outcome !== RETRYING, codes: codesOf(existing) };
}

function codesOf(existing: Item | undefined): string[] {
  return Array.isArray(existing?.codes) ? existing.codes.map(String) : [];
}

/** Removes the record of failed attempts from a partition that turned out to be the wrong one. */
export async function deleteFailedAttempts(table: Table, bookId: string, envelope: Envelope): Promise<void> {
  await table.delete({ bookId, item: eventItem(envelope.receivedAt, envelope.deliveryId) }, IS_RETRYING);
}

/** Index items outlive their entries by this much, so that entries of the same hours need not extend them. */
const INDEX_SLACK_SECONDS = 86_400;

/** Expiry of index items, by table and key, as this environment has last seen them: most deliveries need no read. */
const seen = new WeakMap<Table, Map<string, number>>();

/** Number of index items to remember: about 100 KB. */
const MAX_SEEN = 1000;

/**
 * Makes an entry findable by the hour of its reception. It is written before the entry, because a message is not
 * processed again once its entry is final, and once per partition and hour, because a read costs a fifth of a write
 * (docs/decisions/0030). The partition `account` is always searched.
 */
async function indexEntry(table: Table, { bookId, receivedAt, expiresAt }: EventItem): Promise<void> {
  if (bookId === OWN_PARTITIONS.account) return;
  const key = { bookId: ledgerIndex(receivedAt, dueShard(bookId)), item: bookId };
  const name = `${key.bookId} ${bookId}`;
  const remembered = seen.get(table) ?? new Map<string, number>();
  seen.set(table, remembered);
  if ((remembered.get(name) ?? 0) >= expiresAt) return;
  let until = Number((await table.get(key, ['expiresAt']))?.expiresAt ?? 0);
  if (until < expiresAt) {
    until = expiresAt + INDEX_SLACK_SECONDS;
    // Another entry, which is kept for longer, may have extended it meanwhile.
    await table.put({ ...key, expiresAt: until }, [IS_ABSENT, { expiresAt: { below: until } }]);
  }
  if (remembered.size >= MAX_SEEN) remembered.clear();
  remembered.set(name, until);
}

function toItem(entry: LedgerEntry, codes: readonly string[]): EventItem {
  const { envelope, processedAt } = entry;
  return {
    bookId: entry.bookId,
    ...(entry.bookUuid !== undefined && { bookUuid: entry.bookUuid }),
    item: eventItem(envelope.receivedAt, envelope.deliveryId),
    deliveryId: envelope.deliveryId,
    eventName: envelope.eventName,
    channel: envelope.channel,
    account: envelope.account,
    source: envelope.source,
    receivedAt: envelope.receivedAt,
    processedAt,
    outcome: entry.outcome,
    ...(entry.reason !== undefined && { reason: entry.reason }),
    ...(codes.length > 0 && { codes: [...codes] }),
    attempts: entry.attempts,
    ...entry.effects,
    ...(envelope.payload !== undefined && { payload: storedPayload(envelope.payload) }),
    expiresAt: expiryOf(Date.parse(processedAt), daysOf(entry)),
  };
}

function daysOf({ envelope, keepDays, keepPayloadDays = keepDays }: LedgerEntry): number {
  return envelope.payload === undefined ? keepDays : keepPayloadDays;
}

function storedPayload(payload: Payload): EventItem['payload'] {
  switch (payload.encoding) {
    case 'utf8':
      return payload.body;
    case 'base64':
      return Buffer.from(payload.body, 'base64');
    case 's3':
      return { bucket: payload.bucket, key: payload.key };
  }
}

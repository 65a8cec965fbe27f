import {
  CATALOG,
  EVENT_NAMES,
  findEventName,
  type ResultKind,
  SEED_EVENT_NAMES,
} from '../../../shared/events/catalog.ts';
import type { Channel } from '../../../shared/events/channels.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import type { ResultDescription } from '../../../shared/store/reader.ts';
import type { Delivery } from '../../../test/simulator/index.ts';
import type { Landed } from './landed.ts';

/** One line of the demonstration's table. */
export interface Row {
  readonly event: string;
  readonly delivered: string;
  readonly queue: string;
  readonly processed: string;
  readonly stored: string;
  /** Milliseconds from the start of the delivery to the ledger's item. */
  readonly ms: string;
}

/** Outcomes after which there is nothing more to wait for. */
const SETTLED: ReadonlySet<EventItem['outcome']> = new Set(['applied', 'unchanged', 'stale']);

/** The rows of a book that was announced: one for each delivery, in the order in which they were sent. */
export function announcedRows(deliveries: readonly Delivery[], landed: Landed): Row[] {
  return deliveries.map((delivery) => {
    const entry = entryOf(delivery, landed);
    const [attempt] = delivery.attempts;
    return {
      event: delivery.eventName,
      delivered: `${attempt?.status ?? delivery.outcome}`,
      queue: entry?.channel ?? '-',
      processed: entry?.outcome ?? 'missing',
      stored: describe(kindsOf(delivery.eventName), landed),
      ms: between(attempt?.at, entry?.processedAt),
    };
  });
}

/** What is missing of a book that was announced: deliveries, events of the seed page, or results. */
export function missingOfAnnounced(deliveries: readonly Delivery[], landed: Landed): string[] {
  const sent = new Set(deliveries.map(({ eventName }) => eventName));
  return [
    ...SEED_EVENT_NAMES.filter((name) => !sent.has(name)).map((name) => `${name}: not sent`),
    ...deliveries.flatMap((delivery) => {
      const { eventName, outcome } = delivery;
      if (outcome !== 'delivered') return [`${eventName}: ${outcome}`];
      const entry = entryOf(delivery, landed);
      if (entry === undefined) return [`${eventName}: not processed`];
      const isSettled = landed.events.some((it) => it.eventName === eventName && SETTLED.has(it.outcome));
      return isSettled ? [] : [`${eventName}: ${entry.outcome} ${entry.reason ?? ''}`];
    }),
    ...missingKinds(SEED_EVENT_NAMES.flatMap(kindsOf), landed),
  ];
}

/** The rows of a book that nobody announced: one for each message that the poller sent. */
export function recoveredRows(happenedAt: string, landed: Landed): Row[] {
  return landed.events.map((entry) => ({
    event: entry.eventName,
    delivered: entry.source === 'poll' ? 'lost, polled' : 'delivered',
    queue: entry.channel,
    processed: entry.outcome,
    stored: describe(kindsOfChannel(entry.channel), landed),
    ms: between(happenedAt, entry.processedAt),
  }));
}

/** What the poller is to bring back without any webhook, and on which channels. */
const RECOVERABLE: readonly ResultKind[] = ['transactions', 'summary', 'cash-flow', 'signals'];
const RECOVERY_CHANNELS: readonly Channel[] = ['book-verified', 'book-analytics', 'book-detect'];

export function missingOfRecovered(landed: Landed): string[] {
  const { book, documents, events } = landed;
  const isDone = (wanted: Channel) =>
    events.some(({ channel, outcome }) => channel === wanted && SETTLED.has(outcome));
  return [
    ...RECOVERY_CHANNELS.filter((channel) => !isDone(channel)).map((channel) => `${channel}: not recovered`),
    ...(book?.status === 'VERIFIED' ? [] : [`BOOK: ${book?.status ?? 'not there'}`]),
    ...(documents.length > 0 ? [] : ['DOC: none']),
    ...missingKinds(RECOVERABLE, landed),
  ];
}

function missingKinds(kinds: readonly ResultKind[], { results }: Landed): string[] {
  return [...new Set(kinds)]
    .filter((kind) => results.every((result) => result.kind !== kind))
    .map((kind) => `RESULT#${kind}: none`);
}

function entryOf(delivery: Delivery, { events }: Landed): EventItem | undefined {
  return events.find(({ deliveryId }) => deliveryId === delivery.deliveryId);
}

function kindsOf(eventName: string): readonly ResultKind[] {
  const name = findEventName(eventName);
  return name === undefined ? [] : CATALOG[name].results;
}

/** Names of the poller's own are in no catalog: their channel tells what they bring. */
function kindsOfChannel(channel: string): readonly ResultKind[] {
  const kinds = EVENT_NAMES.filter((name) => CATALOG[name].channel === channel).flatMap(kindsOf);
  return [...new Set(kinds)];
}

/** E.g. `BOOK, DOC x3, RESULT#signals x2 (3 KB)`. */
function describe(kinds: readonly ResultKind[], { book, documents, results }: Landed): string {
  const parts = kinds.flatMap((kind) => describeResults(kind, results));
  if (book !== undefined) parts.unshift('BOOK');
  if (documents.length > 0) parts.splice(1, 0, `DOC x${documents.length}`);
  return parts.join(', ');
}

function describeResults(kind: ResultKind, results: readonly ResultDescription[]): string[] {
  const ofKind = results.filter((result) => result.kind === kind);
  if (ofKind.length === 0) return [];
  const bytes = ofKind.reduce((sum, result) => sum + result.bytes, 0);
  const where = ofKind.some(({ s3 }) => s3 !== undefined) ? ' in S3' : '';
  return [`${kind} x${ofKind.length} (${(bytes / 1024).toFixed(1)} KB${where})`];
}

function between(from: string | undefined, to: string | undefined): string {
  return from === undefined || to === undefined ? '-' : String(Date.parse(to) - Date.parse(from));
}

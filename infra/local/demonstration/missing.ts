import { catalogEntry, type ResultKind, SEED_EVENT_NAMES } from '../../../shared/events/catalog.ts';
import type { Channel } from '../../../shared/events/channels.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import type { Delivery } from '../../../test/simulator/index.ts';
import type { Landed } from './landed.ts';

/** Outcomes after which there is nothing more to wait for. */
const SETTLED: ReadonlySet<EventItem['outcome']> = new Set(['applied', 'unchanged', 'stale']);

/** Deliveries of which the ledger does not say yet that all is well. */
export function unsettled(deliveries: readonly Delivery[], { events }: Landed): string[] {
  return deliveries.flatMap(({ deliveryId, eventName, outcome }) => {
    if (outcome !== 'delivered') return [`${eventName}: ${outcome}`];
    const entry = events.find((event) => event.deliveryId === deliveryId);
    if (entry === undefined) return [`${eventName}: not processed`];
    return SETTLED.has(entry.outcome) ? [] : [`${eventName}: ${entry.outcome} ${entry.reason ?? ''}`];
  });
}

/** What is missing of a book that was announced: events of the seed page, or results. */
export function missingOfAnnounced(deliveries: readonly Delivery[], landed: Landed): string[] {
  const sent = new Set(deliveries.map(({ eventName }) => eventName));
  return [
    ...SEED_EVENT_NAMES.filter((name) => !sent.has(name)).map((name) => `${name}: not sent`),
    ...missingKinds(
      SEED_EVENT_NAMES.flatMap((name) => catalogEntry(name).results),
      landed,
    ),
  ];
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

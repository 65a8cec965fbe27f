import type { Delivery } from '../ocrolus/index.ts';
import type { BookContents } from './book-contents.ts';
import { describeChanges } from './changes.ts';

/** One line of the demonstration's table. */
export interface Row {
  readonly event: string;
  readonly delivered: string;
  readonly queue: string;
  readonly processed: string;
  /** Changes in the table since the previous line. Other messages may have caused some of them. */
  readonly stored: string;
  /** Milliseconds from the start of the delivery to the ledger's item. */
  readonly ms: string;
}

/** Replaces the changes in a line that was read together with the previous one. */
const WITH_PREVIOUS = 'see the line above';

/** The rows of one step: one for each delivery that announced it. */
export function announcedRows(
  deliveries: readonly Delivery[],
  before: BookContents,
  after: BookContents,
): Row[] {
  return deliveries.map(({ deliveryId, eventName, attempts, outcome }, index) => {
    const entry = after.events.find((event) => event.deliveryId === deliveryId);
    const [attempt] = attempts;
    return {
      event: eventName,
      delivered: `${attempt?.status ?? outcome}`,
      queue: entry?.channel ?? '-',
      processed: entry?.outcome ?? 'missing',
      stored: index === 0 ? describeChanges(before, after) : WITH_PREVIOUS,
      ms: between(attempt?.at, entry?.processedAt),
    };
  });
}

/**
 * Rows of a book that no webhook announced: one for each message of the poller.
 *
 * @param readings of the table, each with more ledger entries than the previous one.
 */
export function recoveredRows(happenedAt: string, readings: readonly BookContents[]): Row[] {
  return readings.flatMap((after, index) => {
    const before = readings[index - 1] ?? NOTHING;
    const known = new Set(before.events.map(({ item }) => item));
    const added = after.events.filter(({ item }) => !known.has(item));
    return added.map(({ eventName, source, channel, outcome, processedAt }, position) => ({
      event: eventName,
      delivered: source === 'poll' ? 'lost, polled' : 'delivered',
      queue: channel,
      processed: outcome,
      stored: position === 0 ? describeChanges(before, after) : WITH_PREVIOUS,
      ms: between(happenedAt, processedAt),
    }));
  });
}

const NOTHING: BookContents = { book: undefined, documents: [], results: [], missing: [], events: [] };

function between(from: string | undefined, to: string | undefined): string {
  return from === undefined || to === undefined ? '-' : String(Date.parse(to) - Date.parse(from));
}

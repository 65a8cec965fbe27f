import * as z from 'zod';
import type { Simulator } from '../../ocrolus/simulator.ts';
import type { Delivery } from '../../ocrolus/webhooks/delivery.ts';
import type { DeliveryRecord } from '../journal/delivery-record.ts';
import type { Journal } from '../journal/journal.ts';

/** One line of the list of deliveries. */
export type DeliveryRow = ReturnType<typeof rowOf>;

export const DeliveryFilter = z.object({
  event: z.string().optional(),
  book: z.string().optional(),
  state: z.string().optional(),
  source: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export type DeliveryFilter = z.infer<typeof DeliveryFilter>;

/** Lists deliveries, newest first: those that arrived, and those that the simulated Ocrolus lost. */
export function listDeliveries(
  journal: Journal,
  simulator: Simulator | undefined,
  filter: DeliveryFilter,
): { readonly total: number; readonly rows: DeliveryRow[] } {
  const lost = (simulator?.deliveries.all ?? []).filter(
    ({ deliveryId, outcome }) =>
      (outcome === 'dropped' || outcome === 'given-up') && journal.delivery(deliveryId) === undefined,
  );
  const rows = [...journal.deliveries.map(rowOf), ...lost.map(lostRowOf)]
    .filter((row) => matches(row, filter))
    .sort((a, b) => b.at - a.at);
  return { total: rows.length, rows: rows.slice(0, filter.limit) };
}

function matches(row: DeliveryRow, { event, book, state, source }: DeliveryFilter): boolean {
  const contains = (value: string | null, wanted: string | undefined) =>
    !wanted || (value ?? '').toLowerCase().includes(wanted.trim().toLowerCase());
  return (
    contains(row.eventName, event) &&
    contains(row.bookId, book) &&
    (!state || row.state === state || row.outcome === state) &&
    (!source || row.source === source)
  );
}

/** A delivery that arrived. `lost` is one that Ocrolus never sent, or gave up. */
function rowOf(record: DeliveryRecord) {
  const { deliveryId, at, eventName, channel, bookId, source, state, outcome, attempts, endedAt } = record;
  const code =
    record.reason ??
    attempts.findLast((attempt) => attempt.code !== undefined)?.code ??
    record.posts.findLast((post) => post.reason !== undefined)?.reason;
  return {
    deliveryId,
    at,
    eventName: eventName ?? null,
    channel: channel ?? null,
    bookId: bookId ?? null,
    source: source as DeliveryRecord['source'] | 'ocrolus',
    state: state as DeliveryRecord['state'] | 'lost',
    outcome: outcome ?? null,
    attempts: attempts.length,
    /** The latest code or reason. */
    code: state === 'done' && record.reason === undefined ? null : (code ?? null),
    /** Milliseconds from its reception to its end. */
    ms: endedAt === undefined ? null : endedAt - at,
  };
}

const BookOfBody = z.object({ book_uuid: z.string() });

function lostRowOf({ deliveryId, eventName, body, outcome, attempts, at }: Delivery): DeliveryRow {
  return {
    deliveryId,
    at: Date.parse(at),
    eventName,
    channel: null,
    bookId: bookOf(body),
    source: 'ocrolus',
    state: 'lost',
    outcome: null,
    attempts: attempts.length,
    code: outcome,
    ms: null,
  };
}

function bookOf(body: string): string | null {
  try {
    return BookOfBody.safeParse(JSON.parse(body)).data?.book_uuid ?? null;
  } catch {
    return null;
  }
}

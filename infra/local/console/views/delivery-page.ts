import type { EventItem } from '../../../../shared/store/items.ts';
import { withoutPayload } from '../../../console/views/book-page.ts';
import type { Clients } from '../../../running-stacks/clients.ts';
import type { Simulator } from '../../ocrolus/simulator.ts';
import type { DeliveryRecord } from '../journal/delivery-record.ts';
import type { Journal } from '../journal/journal.ts';

/** Longest body that is shown as a whole. */
const MOST_BODY = 200_000;

/** Content of the page of a delivery. @returns `undefined` for an unknown one. */
export async function deliveryPage(
  deliveryId: string,
  {
    journal,
    clients,
    simulator,
  }: {
    readonly journal: Journal;
    readonly clients: Clients;
    readonly simulator: Simulator | undefined;
  },
) {
  const record = journal.delivery(deliveryId);
  const sent = simulator?.deliveries.all.findLast((one) => one.deliveryId === deliveryId);
  if (record === undefined && sent === undefined) return undefined;
  const bookId = record?.bookId;
  const events = bookId === undefined ? [] : await clients.reader.events(bookId);
  const ledger = events.find((event) => event.deliveryId === deliveryId);
  const body = sent?.body ?? textOf(ledger?.payload);
  return {
    deliveryId,
    record: record ?? null,
    sent:
      sent === undefined
        ? null
        : { eventName: sent.eventName, outcome: sent.outcome, attempts: sent.attempts },
    verdict: record === undefined ? null : verdictOf(record),
    ledger: ledger === undefined ? null : withoutPayload(ledger),
    body: body === undefined ? null : body.slice(0, MOST_BODY),
    bodyLength: body?.length ?? null,
  };
}

/** The webhook's verdict on a delivery. */
function verdictOf({ source, posts }: DeliveryRecord): string | null {
  if (source === 'poll') return 'No webhook: the poller found missing results.';
  const last = posts.at(-1);
  if (last === undefined) return null;
  if (last.status === 200) return 'Signature valid: accepted and queued.';
  return `Refused: ${last.reason ?? 'no reason in the log'}.`;
}

function textOf(payload: EventItem['payload']): string | undefined {
  if (payload === undefined) return undefined;
  if (typeof payload === 'string') return payload;
  return payload instanceof Uint8Array ? Buffer.from(payload).toString('latin1') : `(in S3: ${payload.key})`;
}

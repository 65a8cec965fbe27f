import { MAX_RECEIVES } from '../../../shared/events/channels.ts';
import { type Delivery, deliverAgain } from './delivery.ts';
import { recordFailedAttempt } from './finish-delivery.ts';

/** The wait is this many times the age of the delivery. It does not grow with receives, which an outage may have used up. */
const GROWTH = 2;

/** Receives that are left for copies, and for functions that die. */
const SPARE = 2;

/** SQS hides a message for 12 hours at most, from when it was received (AWS: ChangeMessageVisibility), less the run. */
const MAX_WAIT_MS = 11.5 * 3_600_000;

/**
 * Keeps a delivery in its queue if its book is unknown, unreadable or has too many open results: nothing can be marked,
 * so the message is the mark. It is delivered again after the quick retries, then after 15 minutes, then in longer
 * intervals of up to 8 hours: 16 times in 3 days. A queue allows 20 (`MAX_RECEIVES`): a delivery that is not refused after
 * 3 days is a dead letter after 5. Where an outage has used up receives, the waits grow up to 11.5 hours.
 */
export async function waitInQueue(delivery: Delivery, code: string): Promise<void> {
  const { dependencies, receives } = delivery;
  const { settings, times } = dependencies;
  const { first, most, end } = times.identify;
  const age = ageOf(delivery);
  const grown = Math.max(first, age * GROWTH);
  const even = (end - age) / Math.max(1, MAX_RECEIVES - SPARE - receives);
  const wait = grown < most ? grown : Math.max(most, Math.min(even, MAX_WAIT_MS));
  const seconds = settings.QUICK_RETRY_SECONDS[receives - 1] ?? wait / 1000;
  await recordFailedAttempt(delivery, code);
  await deliverAgain(delivery, Math.ceil(seconds));
}

/** Milliseconds since the webhook was accepted. */
export function ageOf({ envelope, dependencies: { ports } }: Delivery): number {
  return ports.now() - Date.parse(envelope.receivedAt);
}

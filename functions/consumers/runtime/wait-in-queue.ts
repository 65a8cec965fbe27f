import { type Delivery, deliverAgain } from './delivery.ts';
import { recordFailedAttempt } from './finish-delivery.ts';

/** Ratio of the wait to the age of a delivery. Receives are no measure: an outage of the table may have used them up. */
const GROWTH = 2;

/**
 * Keeps a delivery in its queue if its book is unknown or unreadable: nothing can be marked, so the message is the
 * mark. It is delivered again after the quick retries, then after 15 minutes, then in longer intervals of up to 8
 * hours: 16 times in 3 days. A queue allows 20 (`MAX_RECEIVES`); the rest is for copies, and for functions that die.
 */
export async function waitInQueue(delivery: Delivery, code: string): Promise<void> {
  const { dependencies, receives } = delivery;
  const { settings, times } = dependencies;
  const { first, most } = times.identify;
  const seconds =
    settings.QUICK_RETRY_SECONDS[receives - 1] ??
    Math.min(Math.max(first, ageOf(delivery) * GROWTH), most) / 1000;
  await recordFailedAttempt(delivery, code);
  await deliverAgain(delivery, Math.ceil(seconds));
}

/** Milliseconds since the webhook was accepted. */
export function ageOf({ envelope, dependencies: { ports } }: Delivery): number {
  return ports.now() - Date.parse(envelope.receivedAt);
}

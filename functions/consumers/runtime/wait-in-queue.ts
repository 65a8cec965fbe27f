import { type Delivery, deliverAgain } from './delivery.ts';
import { recordFailedAttempt } from './finish-delivery.ts';

/** By its age, and not by its receives, which an outage of the table may have used up. */
const GROWTH = 2;

/**
 * Nothing can be marked for a delivery whose book is unknown, or cannot be read: its message is the mark, and waits in its queue.
 * It is delivered again after the quick retries, then after 15 minutes, and ever later up to every 8 hours: 16 times in 3 days. A
 * queue allows 20 (`MAX_RECEIVES`): the others are for copies, and functions that die.
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

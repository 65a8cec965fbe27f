import { MAX_RECEIVES } from '../../../shared/events/channels.ts';
import type { Failure } from '../../../shared/failure.ts';

const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 900;

/**
 * How long a message that failed stays invisible: 5 s, doubling to 15 minutes, a quarter of it jitter. With
 * the receives that a queue allows (`MAX_RECEIVES`), this adds up to more than two hours.
 *
 * @param attempts how often the message has been received, from 1.
 * @param random 0 to 1.
 */
export function retrySeconds(attempts: number, random: number, atLeastSeconds = 0): number {
  const full = Math.min(FIRST_SECONDS * 2 ** Math.min(attempts - 1, 20), LONGEST_SECONDS);
  return Math.max(Math.ceil(full * (0.75 + random / 4)), Math.min(atLeastSeconds, LONGEST_SECONDS));
}

/** Half of the receives that a queue allows. */
export const REQUEUE_AFTER_RECEIVES = MAX_RECEIVES / 2;

/** Failures of a rate limit, this project's or Ocrolus's, which say nothing about the message. */
const THROTTLED = new Set(['rate-limit', 'http-429', 'dynamodb-throttled']);

export function isThrottled({ code }: Failure): boolean {
  return THROTTLED.has(code);
}

/**
 * A message that waits for a permit, or for other writers of the same book, is requeued before it uses up its receives,
 * however long a backlog lasts (docs/decisions/0014).
 */
export function shouldRequeue(failure: Failure, attempts: number): boolean {
  return (isThrottled(failure) || failure.code === 'conflict') && attempts >= REQUEUE_AFTER_RECEIVES;
}

/** Failures of Ocrolus, or of the network, that last until it works again. */
const OUTAGE =
  /^(network|deadline|token|http-[45]\d\d(-unreadable)?|http-200-unreadable|\d+|job-result(-url)?|book-status-shape)$/;

/**
 * During an outage of Ocrolus the poller takes over: the checklist has what is missing, and a message that fails for two
 * hours would end up in the dead-letter queue although nothing is wrong with it.
 */
export function shouldHandOver(failure: Failure, attempts: number): boolean {
  if (failure.class !== 'retry' || isThrottled(failure)) return false;
  return OUTAGE.test(failure.code) && attempts >= REQUEUE_AFTER_RECEIVES;
}

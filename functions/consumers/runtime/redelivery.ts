const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 900;

/**
 * Seconds for which a failed message stays invisible: 5, doubling to 15 minutes, a quarter of it jitter. Over all
 * receives that a queue allows (`MAX_RECEIVES`), this is more than two hours.
 *
 * @param receives number of times that the message has been received, from 1.
 * @param random 0 to 1.
 */
export function retrySeconds(receives: number, random: number, atLeastSeconds = 0): number {
  const full = Math.min(FIRST_SECONDS * 2 ** Math.min(receives - 1, 20), LONGEST_SECONDS);
  return Math.max(Math.ceil(full * (0.75 + random / 4)), Math.min(atLeastSeconds, LONGEST_SECONDS));
}

/** Times of the rule (shared/checklist/times.ts), in minutes. */

export const HOUR = 60;
export const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

/** Time that an announcement may take before its result is asked for. */
export const GRACE = 10;
/** Longer than a function can run; and events that repeat within so long are copies. */
export const FIFTEEN = 15;
export const SOON = 5;
const LONGEST = 6 * HOUR;
/** Time for which the signals of a book may lack those of a document before that is an answer. */
export const DETECT_WAITS = 2 * DAY;
/** Time for which refusals of a kind may be an outage; after that, it is not served. */
export const NOT_SERVED_AFTER = DAY;
/** Time after which a delivery that cannot read an item is refused. */
export const WAITS_MOST = 3 * DAY;

const PROBES = [DAY, 3 * DAY, 10 * DAY];
export const JOB_RESTARTS = [HOUR, DAY, 3 * DAY];
const FINISHED_LOOKS = [HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 8 * DAY, 13 * DAY, 21 * DAY, 30 * DAY];

/** Time of the next probe of a closed entry, or `undefined` after the last one. */
export function nextProbe({ endedAt, clock }: { endedAt: number | undefined; clock: number }) {
  return PROBES.map((delay) => (endedAt ?? clock) + delay).find((at) => at > clock);
}

/** After how long a request that brought nothing is repeated. @returns `undefined`: no more. */
export function nextTryIn(tries: number, age: number, isBrief: boolean): number | undefined {
  if (age > YEAR) return undefined;
  if (age > MONTH) return MONTH;
  return Math.min(SOON * 2 ** Math.min(tries - 1, 10), isBrief ? HOUR : LONGEST);
}

/** Time for which a delivery waits that cannot read an item. `age`: since it was received. */
export function waitFor(age: number): number {
  return Math.min(Math.max(FIFTEEN, age * 1.5), LONGEST);
}

/** The regular look of a book that is not complete. @returns `undefined`: none. */
export function regularLook(
  { changedAt, endedAt }: { changedAt: number; endedAt?: number | undefined },
  clock: number,
): number | undefined {
  const age = clock - changedAt;
  if (age > YEAR) return undefined;
  if (age > MONTH) return clock + MONTH;
  if (endedAt === undefined) return clock + Math.min(Math.max(age / 2, SOON), LONGEST);
  return changedAt + (FINISHED_LOOKS.find((look) => look > age * 1.15) ?? age + MONTH);
}

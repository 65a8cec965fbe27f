import type { PollerSettings } from './settings.ts';

export type Pace = Pick<
  PollerSettings,
  'POLL_MIN_SECONDS' | 'POLL_MAX_SECONDS' | 'POLL_GRACE_SECONDS' | 'POLL_HORIZON_DAYS'
>;

/** Where a book stands, as far as the next look at it depends on that. */
export interface Standing {
  /** Nothing will ever come of it any more. */
  readonly over: boolean;
  /** Something was found missing, or has only just been seen: look again after the grace time. */
  readonly open: boolean;
  /** How often what is missing has been asked for while the book looked like this. */
  readonly asked?: number;
  /** Everything is there since. */
  readonly settledAt: string | undefined;
  readonly createdAt: string;
  /** When the earliest wait is over. */
  readonly waitUntil: string | undefined;
}

/** The older a book, the rarer it is looked at; a quarter of its age, within bounds. */
const AGE_SHARE = 4;
/** A settled book is looked at from an hour after on (with the default minimum), at most every day. */
const SETTLED_FACTOR = { min: 12, max: 4 };

/**
 * When to look at a book next (design section 8), with a tenth of jitter so that books of one hour do not stay
 * together.
 *
 * @param random 0 to 1.
 * @returns ISO 8601, or `undefined`: not again, until an event makes it due.
 */
export function nextDue(standing: Standing, pace: Pace, now: Date, random: number): string | undefined {
  const regular = regularSeconds(standing, pace, now);
  const at = regular === undefined ? undefined : inSeconds(now, regular * (0.9 + random / 5));
  const { waitUntil } = standing;
  if (waitUntil === undefined || standing.over) return at;
  return at === undefined || waitUntil < at ? waitUntil : at;
}

function regularSeconds(standing: Standing, pace: Pace, now: Date): number | undefined {
  const { POLL_MIN_SECONDS: min, POLL_MAX_SECONDS: max } = pace;
  if (standing.over) return undefined;
  // Whatever ends in a dead-letter queue time and again must not be sent for ever at the same pace.
  if (standing.open)
    return Math.min(pace.POLL_GRACE_SECONDS * 2 ** Math.max((standing.asked ?? 0) - 1, 0), max);
  if (standing.settledAt === undefined)
    return clamp(ageSeconds(standing.createdAt, now) / AGE_SHARE, min, max);
  const age = ageSeconds(standing.settledAt, now);
  if (age > pace.POLL_HORIZON_DAYS * 86_400) return undefined;
  return clamp(age, min * SETTLED_FACTOR.min, max * SETTLED_FACTOR.max);
}

function ageSeconds(time: string, now: Date): number {
  return Math.max(0, (now.getTime() - Date.parse(time)) / 1000);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

function inSeconds(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString();
}

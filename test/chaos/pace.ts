/** How much faster than in a deployment everything happens. */
export interface Pace {
  /** Both sides' limit. */
  readonly requestsPerSecond: number;
  /** From one attempt of a delivery to the next; Ocrolus waits three minutes. */
  readonly retryDelayMs: number;
  /** A message of a killed consumer is delivered again after this; deployed, after six minutes. */
  readonly visibilitySeconds: number;
  /** By which the seconds are divided for which a consumer delays a message. */
  readonly compression: number;
  /** From one decision about outages and kills to the next: a long run need not spend itself on starting processes. */
  readonly tickMs: number;
  /** Of a second of checklist, poller and circuit; the three below are seconds of this run, already scaled. */
  readonly timeScale: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly graceSeconds: number;
}

/** A few hundred books need no more than a second between two polls of each; a machine has its limits beyond. */
const BOOKS_PER_SECOND = 150;

/** While a consumer processes a large book its messages must not be delivered again as if it had died. */
const DOCUMENTS_PER_SECOND = 60;

/** A book that this machine still processes must not be asked for once more, with each of its documents. */
const GRACE_DOCUMENTS_PER_SECOND = 40;

/** So that the first probe (a day after a book was finished) comes within a small run. */
const SECONDS_OF_A_DAY = 10;
const DAY = 86_400;

/** The longest grace time that the functions accept, in seconds (`shared/reconcile/settings.ts`). */
const LONGEST_GRACE_SETTING = 86_400;

/** Nothing is old within a run. */
const HORIZON_DAYS = 365;

/** @param largest most documents of a book. */
export function paceFor(books: number, largest: number): Pace {
  const minSeconds = Math.max(1, Math.ceil(books / BOOKS_PER_SECOND));
  const graceSeconds = Math.max(minSeconds, Math.floor(largest / GRACE_DOCUMENTS_PER_SECOND));
  return {
    requestsPerSecond: 2000,
    retryDelayMs: 300,
    visibilitySeconds: 15 + Math.floor(largest / DOCUMENTS_PER_SECOND),
    compression: 20,
    tickMs: Math.max(150, Math.min(3000, 3 * books)),
    timeScale: Math.max(SECONDS_OF_A_DAY / DAY, graceSeconds / LONGEST_GRACE_SETTING),
    minSeconds,
    maxSeconds: Math.max(3 * minSeconds, 2 * graceSeconds),
    graceSeconds,
  };
}

/** The settings of the functions. */
export function settingsOf(pace: Pace): Record<string, string> {
  const rate = String(pace.requestsPerSecond);
  // The functions shrink these like every other time; the pace of polling follows what this machine can do.
  const unscaled = (seconds: number) => String(Math.round(seconds / pace.timeScale));
  return {
    QUICK_RETRY_SECONDS: '1,1',
    OCROLUS_REQUESTS_PER_SECOND: rate,
    OCROLUS_HEAVY_REQUESTS_PER_SECOND: rate,
    POLL_REQUESTS_PER_SECOND: rate,
    TIME_SCALE: String(pace.timeScale),
    POLL_MIN_SECONDS: unscaled(pace.minSeconds),
    POLL_MAX_SECONDS: unscaled(pace.maxSeconds),
    POLL_GRACE_SECONDS: unscaled(pace.graceSeconds),
    POLL_HORIZON_DAYS: String(HORIZON_DAYS),
  };
}

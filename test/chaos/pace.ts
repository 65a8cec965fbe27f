/** How much faster than in life everything happens: seconds stand for minutes. */
export interface Pace {
  /** Both sides' limit. */
  readonly requestsPerSecond: number;
  /** From one attempt of a delivery to the next; Ocrolus waits three minutes. */
  readonly retryDelayMs: number;
  /** A message of a killed consumer comes back after this; deployed, after six minutes. */
  readonly visibilitySeconds: number;
  /** By which the seconds are divided for which a consumer puts a message off. */
  readonly compression: number;
  /** From one decision about outages and kills to the next: a long run need not spend itself on starting processes. */
  readonly tickMs: number;
  readonly pollMinSeconds: number;
  readonly pollMaxSeconds: number;
  readonly pollGraceSeconds: number;
}

/** A few hundred books need no more than a second between two looks; a machine has its limits beyond. */
const BOOKS_PER_SECOND = 150;

/** While a consumer is at work on a large book its messages must not come back as if it had died. */
const DOCUMENTS_PER_SECOND = 60;

/** A book that this machine is still at must not be asked for once more, with each of its documents. */
const GRACE_DOCUMENTS_PER_SECOND = 40;

/** @param largest most documents of a book. */
export function paceFor(books: number, largest: number): Pace {
  const pollMinSeconds = Math.max(1, Math.ceil(books / BOOKS_PER_SECOND));
  const pollGraceSeconds = Math.max(pollMinSeconds, Math.floor(largest / GRACE_DOCUMENTS_PER_SECOND));
  return {
    requestsPerSecond: 2000,
    retryDelayMs: 300,
    visibilitySeconds: 6 + Math.floor(largest / DOCUMENTS_PER_SECOND),
    compression: 20,
    tickMs: Math.max(150, Math.min(3000, 3 * books)),
    pollMinSeconds,
    pollMaxSeconds: Math.max(3 * pollMinSeconds, 2 * pollGraceSeconds),
    pollGraceSeconds,
  };
}

/** What the functions are told. */
export function settingsOf(pace: Pace): Record<string, string> {
  const rate = String(pace.requestsPerSecond);
  return {
    QUICK_RETRY_SECONDS: '1,1',
    OCROLUS_REQUESTS_PER_SECOND: rate,
    OCROLUS_HEAVY_REQUESTS_PER_SECOND: rate,
    POLL_REQUESTS_PER_SECOND: rate,
    POLL_MIN_SECONDS: String(pace.pollMinSeconds),
    POLL_MAX_SECONDS: String(pace.pollMaxSeconds),
    POLL_GRACE_SECONDS: String(pace.pollGraceSeconds),
  };
}

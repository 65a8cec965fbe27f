const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The stage's settings on which the checklist's times depend. */
export interface TimeSettings {
  readonly POLL_MIN_SECONDS: number;
  readonly POLL_MAX_SECONDS: number;
  readonly POLL_GRACE_SECONDS: number;
  readonly POLL_HORIZON_DAYS: number;
  /** 1 in a deployment; less locally, so that hours pass in seconds. */
  readonly TIME_SCALE: number;
}

/** Every time constant of checklist, schedule and circuit, in milliseconds. */
export interface Times {
  /** Shortest and longest wait before the same thing is asked for again. */
  readonly min: number;
  readonly max: number;
  /** The longest wait after a failure of Ocrolus or the network, and while a job runs: jobs live for a day. */
  readonly hour: number;
  /** How long a webhook may be late before a look asks for what it would have announced. */
  readonly grace: number;
  /** For how long an entry or a book that does not change is asked about at the usual pace. */
  readonly horizon: number;
  /** How often anything is asked for after the horizon. */
  readonly month: number;
  /** After so long, nothing is asked any more: at least a month after the horizon. */
  readonly year: number;
  /** When a finished book is looked at after it last changed. */
  readonly finishedLooks: readonly number[];
  /** When, after the end of capture, results are probed that no event has announced. */
  readonly probes: readonly number[];
  /** After which waits a failed job is started again, before the failure counts as permanent. */
  readonly jobRestarts: readonly number[];
  /** A document that Detect does not list for so long may not be analyzed by it. */
  readonly detect: number;
  /** How long Ocrolus must say "not found" before it is believed, and how often it is asked then. */
  readonly notFound: number;
  readonly day: number;
  /** Between two calls of an open circuit. */
  readonly canary: number;
  /** How long entries stay wanted while the circuit is open: it may be an outage. */
  readonly notServed: number;
  /** Longer than a function can run: what a message that was received twice may still write, is written by then. */
  readonly run: number;
  /** Events that repeat within so long are copies: they correct nothing. */
  readonly repetition: number;
  /** When a delivery whose book is unknown is tried again, doubling from `first` to `most`, until it is refused after `end`. */
  readonly identify: { readonly first: number; readonly most: number; readonly end: number };
  /** How long after its creation a book may become visible in the list, and is still found within hours. */
  readonly recent: number;
  /** From the start of one reading of the whole list to the next: each has a day, so that no book waits for a week. */
  readonly sweep: number;
}

/** The present, and the times that are counted from it. */
export interface Timing {
  /** Unix milliseconds. */
  readonly now: number;
  readonly times: Times;
}

export function timesOf(settings: TimeSettings): Times {
  const { TIME_SCALE: scale } = settings;
  return {
    min: settings.POLL_MIN_SECONDS * 1000 * scale,
    max: settings.POLL_MAX_SECONDS * 1000 * scale,
    hour: HOUR * scale,
    grace: settings.POLL_GRACE_SECONDS * 1000 * scale,
    horizon: settings.POLL_HORIZON_DAYS * DAY * scale,
    month: 30 * DAY * scale,
    year: Math.max(365, settings.POLL_HORIZON_DAYS + 30) * DAY * scale,
    finishedLooks: [HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 8 * DAY, 13 * DAY, 21 * DAY, 30 * DAY].map(
      (age) => age * scale,
    ),
    probes: [DAY, 3 * DAY, 10 * DAY].map((age) => age * scale),
    jobRestarts: [HOUR, DAY, 3 * DAY].map((wait) => wait * scale),
    detect: 48 * HOUR * scale,
    notFound: 6 * HOUR * scale,
    day: DAY * scale,
    canary: HOUR * scale,
    notServed: 24 * HOUR * scale,
    run: 15 * MINUTE * scale,
    repetition: 15 * MINUTE * scale,
    identify: { first: 15 * MINUTE * scale, most: 8 * HOUR * scale, end: 3 * DAY * scale },
    recent: 48 * HOUR * scale,
    sweep: 6 * DAY * scale,
  };
}

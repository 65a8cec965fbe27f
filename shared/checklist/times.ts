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

/** Every time constant of checklist, poller and circuit, in milliseconds. */
export interface Times {
  /** Shortest and longest wait before the same thing is asked for again. */
  readonly min: number;
  readonly max: number;
  /** How long a webhook may be late before what it would have announced counts as missed. */
  readonly grace: number;
  /** For how long an entry or a book that does not change is asked about at the usual pace. */
  readonly horizon: number;
  /** After the horizon: how often, and for how long. */
  readonly month: number;
  readonly year: number;
  /** When a finished book is probed for results that may have been announced without success. */
  readonly probes: readonly number[];
  /** A job of Ocrolus and its result live for a day: it is asked for at least this often. */
  readonly job: number;
  /** A document that Detect does not list for so long is not analyzed by it. */
  readonly detect: number;
  /** How long Ocrolus must say "not found" before it is believed. */
  readonly notFound: number;
  /** Between two calls of an open circuit. */
  readonly canary: number;
  /** How long entries stay wanted while the circuit is open: it may be an outage. */
  readonly notServed: number;
  /** Longer than a function can run: a message that is being processed again may still change the book. */
  readonly hold: number;
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
    grace: settings.POLL_GRACE_SECONDS * 1000 * scale,
    horizon: settings.POLL_HORIZON_DAYS * DAY * scale,
    month: 30 * DAY * scale,
    year: 365 * DAY * scale,
    probes: [1, 3, 10].map((days) => days * DAY * scale),
    job: HOUR * scale,
    detect: 48 * HOUR * scale,
    notFound: 6 * HOUR * scale,
    canary: HOUR * scale,
    notServed: 24 * HOUR * scale,
    hold: 15 * MINUTE * scale,
  };
}

/** Doubles from `first` with each attempt (from 1), up to `most`. */
export function backoff(first: number, attempts: number, most: number): number {
  return Math.min(first * 2 ** Math.min(attempts - 1, 30), most);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Settings of the stage on which the checklist's times depend. */
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
  /** Shortest and longest wait between two requests for the same thing. */
  readonly min: number;
  readonly max: number;
  /** Longest wait after a failure of Ocrolus or the network, and while a job runs: jobs live for a day. */
  readonly hour: number;
  /** Time that a webhook may take before a look asks for what it would have announced. */
  readonly grace: number;
  /** Time for which an unchanged entry or book is asked about at the usual pace. */
  readonly horizon: number;
  /** Wait between requests after the horizon. */
  readonly month: number;
  /** Time after which nothing is asked any more: at least a month after the horizon. */
  readonly year: number;
  /** Times after its last change at which a finished book is looked at. */
  readonly finishedLooks: readonly number[];
  /** Times after the end of capture at which results are probed that no event has announced. */
  readonly probes: readonly number[];
  /** Waits before a failed job is started again; after the last one, the failure counts as permanent. */
  readonly jobRestarts: readonly number[];
  /** Time that Detect has to list a document; one that is listed later is only found by a probe. */
  readonly detect: number;
  /** Time for which Ocrolus must say "not found" before it is believed. */
  readonly notFound: number;
  readonly day: number;
  /** Wait between two calls of an open circuit. */
  readonly canary: number;
  /** Time for which entries stay wanted while their circuit is open: it may be an outage. */
  readonly notServed: number;
  /** Time after which a result is reported as overdue while its kind is refused for every book. */
  readonly refusedKind: number;
  /** Longer than a function can run: by then, a message that was received twice has written all that it may write. */
  readonly run: number;
  /** Time within which repeated events are copies, and correct nothing. */
  readonly repetition: number;
  /** Retries of a delivery whose book is unknown: each wait is twice the delivery's age, from `first` to `most`; it is refused after `end`. */
  readonly identify: { readonly first: number; readonly most: number; readonly end: number };
  /** Time within which a new book may appear in the list and is still found within hours. */
  readonly recent: number;
  /** Time between the starts of two readings of the whole list, which may take a day each: a week in total. */
  readonly sweep: number;
}

/** The present, and times that are counted from it. */
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
    refusedKind: 12 * HOUR * scale,
    run: 15 * MINUTE * scale,
    repetition: 15 * MINUTE * scale,
    identify: { first: 15 * MINUTE * scale, most: 8 * HOUR * scale, end: 3 * DAY * scale },
    recent: 48 * HOUR * scale,
    sweep: 6 * DAY * scale,
  };
}

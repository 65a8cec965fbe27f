/**
 * Every metric that the functions write, with the sets of dimensions under which CloudWatch keeps it, beside
 * `stage`. Functions, alarms and dashboard name metrics through this table only, so nobody can watch for what
 * is never written. `[]` is the total. Each set costs one metric per combination of its values: a metric
 * with two sets has two sums, not their product.
 */
export const METRICS = {
  /** Ocrolus's registration test arrived. */
  TestPing: [[]],
  DeliveryQueued: [['channel']],
  DeliveryRefused: [['reason'], ['statusCode']],
  /** Taken without proof, because the stage says `allowUnsigned` and no secret is set. */
  DeliveryAcceptedUnsigned: [[]],

  DeliveryProcessed: [['channel'], ['outcome']],
  /** Milliseconds from its reception to its end. */
  ProcessingDelay: [['channel']],
  MessageRetried: [['class']],
  DeliveryRefusedByOcrolus: [['code']],
  UnrecognizedEvent: [['reason'], []],

  OcrolusLatency: [['operation']],
  /** A 429, whether by HTTP or in the body. */
  OcrolusRateLimited: [[]],
  /** Ocrolus says that a request of ours is wrong. */
  RequestRejected: [['operation'], []],
  /** Ocrolus took neither the token nor its replacement, or there was none to be had. */
  OcrolusAuthFailed: [[]],
  /** A new token was not to be had, while the old one still serves. */
  OcrolusTokenRenewalFailed: [[]],

  PollerRun: [[]],
  BooksDiscovered: [[]],
  BooksPolled: [[]],
  PollMessagesSent: [[]],
  /** How many seconds the book that is due longest has been so when a run begins. */
  DueLag: [[]],
  /** A book was found not to have moved for the horizon; each is counted once. */
  BooksStuck: [[]],
  /** Results of a polled book that have been missing for longer than the stage allows. */
  ResultsOverdue: [[]],
  /** A result was refused for so long that it is not asked for any more. */
  ResultExpired: [['kind'], []],
  /** What the poller sent brought something that a webhook should have announced. */
  RecoveredByPoll: [['channel'], []],
  /** What the poller sent brought something that nobody had to announce. */
  FetchedByPoll: [['channel']],

  /** How Ocrolus's registration differs from what is wanted: number of differences. */
  RegistrationDrift: [[]],
  /** Seconds since the oldest signing secret was made. */
  WebhookSecretAge: [[]],
} as const satisfies Readonly<Record<string, readonly (readonly string[])[]>>;

export type MetricName = keyof typeof METRICS;

type SetsOf<N extends MetricName> = (typeof METRICS)[N][number];

/** What must be said of a metric when it is written: a value for each dimension of any of its sets. */
export type MetricDimensions<N extends MetricName> = Readonly<Record<SetsOf<N>[number], string>>;

type ValuesOf<Set extends readonly string[]> = Set extends readonly []
  ? Readonly<Record<string, never>>
  : Readonly<Record<Set[number], string>>;

/** Under what a metric may be looked at: values for one of its sets. */
export type MetricSeries<N extends MetricName> = ValuesOf<SetsOf<N>>;

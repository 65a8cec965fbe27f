/**
 * Every metric that the functions write, with the sets of dimensions under which CloudWatch keeps it, beside
 * `stage`. Functions, alarms and dashboard name metrics through this table only, so nobody can watch for what
 * is never written. `[]` is the total. Each set costs one metric per combination of its values, in each hour in which it is
 * written: a metric with two sets has two sums, not their product. What is only looked at now and then is in `FIELDS`.
 */
export const METRICS = {
  /** Ocrolus's registration test arrived. */
  TestPing: [[]],
  DeliveryQueued: [[]],
  DeliveryRefused: [['reason'], ['statusCode']],
  /** Taken without proof, because the stage says `allowUnsigned` and no secret is set. */
  DeliveryAcceptedUnsigned: [[]],

  DeliveryProcessed: [['outcome']],
  /** Milliseconds from its reception to its end. */
  ProcessingDelay: [[]],
  MessageRetried: [['class']],
  DeliveryRefusedByOcrolus: [[]],
  UnrecognizedEvent: [['reason'], []],

  /** Milliseconds until Ocrolus answers a consumer. Of others it would be written, and paid for, while nothing happens. */
  OcrolusLatency: [[]],
  /** A 429, whether by HTTP or in the body. */
  OcrolusRateLimited: [[]],
  /** Ocrolus says that a request is wrong. */
  RequestRejected: [['operation'], []],
  /** Ocrolus took neither the token nor its replacement, or there was none to be had. */
  OcrolusAuthFailed: [[]],
  /** A new token was not to be had, while the old one still serves. */
  OcrolusTokenRenewalFailed: [[]],

  /** The heartbeat: the one metric that is written while nothing happens. */
  PollerRun: [[]],
  BooksDiscovered: [[]],
  BooksPolled: [[]],
  PollMessagesSent: [[]],
  /** How many seconds the book that is due longest has been so when a run begins; not written where none is due. */
  DueLag: [[]],
  /** A book was found not to have moved for the horizon; each is counted once. */
  BooksStuck: [[]],
  /** Results of a polled book that have been missing for longer than the stage allows. */
  ResultsOverdue: [[]],
  /** A result was refused for so long that it is not asked for any more. */
  ResultExpired: [['kind'], []],
  /** What the poller sent brought something that a webhook should have announced. */
  RecoveredByPoll: [[]],
  /** What the poller sent brought something that nobody had to announce. */
  FetchedByPoll: [[]],

  /** In how many accounts Ocrolus's registration differs from what is wanted. */
  RegistrationDrift: [[]],
  /** Seconds since the oldest signing secret was made. */
  WebhookSecretAge: [[]],
} as const satisfies Readonly<Record<string, readonly (readonly string[])[]>>;

export type MetricName = keyof typeof METRICS;

/**
 * What a line says of a metric beside its dimensions: found in CloudWatch Logs Insights, which is paid for by the query,
 * and no metric of its own.
 */
export const FIELDS = {
  DeliveryQueued: ['channel'],
  DeliveryProcessed: ['channel'],
  ProcessingDelay: ['channel'],
  DeliveryRefusedByOcrolus: ['code'],
  OcrolusLatency: ['operation'],
  RecoveredByPoll: ['channel'],
  FetchedByPoll: ['channel'],
} as const satisfies Partial<Record<MetricName, readonly string[]>>;

type FieldsOf<N extends MetricName> = N extends keyof typeof FIELDS ? (typeof FIELDS)[N][number] : never;

type SetsOf<N extends MetricName> = (typeof METRICS)[N][number];

/** What must be said of a metric when it is written: a value for each dimension of any of its sets, and for each field. */
export type MetricDimensions<N extends MetricName> = Readonly<
  Record<SetsOf<N>[number] | FieldsOf<N>, string>
>;

/** What a metric may be looked at by. */
export type MetricDimension<N extends MetricName> = SetsOf<N>[number];

type ValuesOf<Set extends readonly string[]> = Set extends readonly []
  ? Readonly<Record<string, never>>
  : Readonly<Record<Set[number], string>>;

/** Under what a metric may be looked at: values for one of its sets. */
export type MetricSeries<N extends MetricName> = ValuesOf<SetsOf<N>>;

import { writeLine } from './log.ts';

/**
 * Metrics that the functions write, with the sets of dimensions under which CloudWatch keeps each, beside `stage`.
 * Functions, alarms and dashboard name metrics through this table only, so that no alarm can watch a metric that is
 * never written. `[]` is the total. Each set costs one metric per combination of its values, in each hour in which it
 * is written. Two sets with one dimension each cost the sum of their values; one set with both, the product. Log lines
 * have the values that are needed only occasionally, such as the operation of a slow call.
 */
export const METRICS = {
  /** A test ping arrived: Ocrolus's registration test, or one with which the stage probes its way in. */
  TestPing: [[]],
  /** A stage that probes its way in has posted a ping for each account, and the webhook has accepted all. */
  ProbeAccepted: [[]],
  DeliveryQueued: [[]],
  DeliveryRefused: [['reason'], ['statusCode']],
  /** Accepted without proof, because the stage sets `allowUnsigned` and no secret is set. */
  DeliveryAcceptedUnsigned: [[]],

  DeliveryProcessed: [['outcome']],
  /** Milliseconds from reception to the end of processing. */
  ProcessingDelay: [[]],
  MessageRetried: [['class']],
  /** Seconds for which a message, or the look at a book, has failed because of the table, the bucket or a bug. */
  MessageFailing: [[]],
  /** Seconds for which a result has been missing although it was asked for again; `cause` says why. */
  ResultWaiting: [['cause']],
  /** A bug: this project cannot process an answer of Ocrolus. */
  AnswerNotProcessed: [[]],
  /** A delivery that ends as `refused`: Ocrolus does not answer for its book or result. */
  DeliveryRefusedByOcrolus: [[]],
  UnrecognizedEvent: [['reason'], []],

  /** Milliseconds until Ocrolus answers a consumer. Not written by the poller, where an idle stage would pay for it. */
  OcrolusLatency: [[]],
  /** A 429, whether by HTTP or in the body. */
  OcrolusRateLimited: [[]],
  /** Ocrolus says that a request is wrong. */
  RequestRejected: [['operation'], []],
  /** An account whose calls fail, whatever is asked: `credentials`, `refused` or `unavailable`. */
  AccountNotAsked: [['cause'], []],
  /** A new token could not be obtained while the old one was still valid. */
  OcrolusTokenRenewalFailed: [[]],

  /** The heartbeat: the only metric of an idle stage. */
  PollerRun: [[]],
  BooksDiscovered: [[]],
  /** Books that the poller has handed over. */
  BooksPolled: [[]],
  /** Seconds for which the longest due book has been due at the start of a run; not written if none is due. */
  DueLag: [[]],
  /** A book has not changed for the horizon; each is counted once. */
  BooksStuck: [[]],
  /** Results of a polled book that have been missing for longer than the stage allows. */
  ResultsOverdue: [[]],
  /** A result has been missing for so long that it is asked for monthly only. */
  ResultExpired: [['kind'], []],
  /** An item that this version cannot read: damaged, or written by a later version. */
  ItemUnreadable: [[]],
  /** A look fetched something that a webhook should have announced. */
  RecoveredByPoll: [[]],
  /** A look fetched something that no webhook announces. */
  FetchedByPoll: [[]],

  /** Number of accounts whose registration at Ocrolus differs from the desired one. */
  RegistrationDrift: [[]],
  /** Seconds since the oldest signing secret was created. */
  WebhookSecretAge: [[]],
} as const satisfies Readonly<Record<string, readonly (readonly string[])[]>>;

export type MetricName = keyof typeof METRICS;

type SetsOf<N extends MetricName> = (typeof METRICS)[N][number];

/** Values that a metric is written with: one for each dimension of any of its sets. */
export type MetricDimensions<N extends MetricName> = Readonly<Record<SetsOf<N>[number], string>>;

/** Dimensions by which a metric may be grouped. */
export type MetricDimension<N extends MetricName> = SetsOf<N>[number];

type ValuesOf<Set extends readonly string[]> = Set extends readonly []
  ? Readonly<Record<string, never>>
  : Readonly<Record<Set[number], string>>;

/** Dimensions under which a metric may be read: values for one of its sets. */
export type MetricSeries<N extends MetricName> = ValuesOf<SetsOf<N>>;

/** CloudWatch namespace of every metric of this project. */
export const METRIC_NAMESPACE = 'OcrolusWebhooks';

export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds';

export interface Metrics {
  /** Counts one (or `value`) of `name`. Values of dimensions must be few: each is paid for. */
  count<N extends MetricName>(name: N, dimensions: MetricDimensions<N>, value?: number): void;
  record<N extends MetricName>(
    name: N,
    value: number,
    unit: MetricUnit,
    dimensions: MetricDimensions<N>,
  ): void;
  /** Writes what was counted and recorded; without it, nothing is written. `withMetrics` calls it. */
  flush(): void;
}

/** CloudWatch reads at most 100 values of a metric from a line (AWS: "Embedded metric format specification"). */
const MAX_VALUES = 100;

/** Metrics whose dimensions do not contradict each other. */
interface Line {
  readonly dimensions: Record<string, string>;
  readonly metrics: Map<MetricName, { readonly unit: MetricUnit; readonly values: number[] }>;
}

/**
 * Metrics in CloudWatch's embedded metric format: a log line that CloudWatch turns into metrics, so that no call is made
 * and nothing is lost when the Lambda is frozen (AWS: "CloudWatch embedded metric format"). An invocation writes one line,
 * and another if a dimension has two values, or a metric more than 100. One that dies or times out writes none.
 */
export function createMetrics(options: {
  readonly stage: string;
  readonly write?: (line: string) => void;
  readonly now?: () => number;
}): Metrics {
  const { stage, write = writeLine, now = Date.now } = options;
  let lines: Line[] = [];
  const record: Metrics['record'] = (name, value, unit, dimensions) => {
    const all: Readonly<Record<string, string>> = dimensions;
    let line = lines.find((one) => fits(one, name, all));
    if (line === undefined) {
      line = { dimensions: {}, metrics: new Map() };
      lines.push(line);
    }
    Object.assign(line.dimensions, all);
    const known = line.metrics.get(name);
    if (known === undefined) line.metrics.set(name, { unit, values: [value] });
    else known.values.push(value);
  };
  return {
    record,
    count: (name, dimensions, value = 1) => record(name, value, 'Count', dimensions),
    flush() {
      const pending = lines;
      lines = [];
      for (const line of pending) write(JSON.stringify({ ...toEmbeddedMetrics(line, now()), stage }));
    },
  };
}

/** Runs an invocation, and then writes its metrics, also if it throws. */
export async function withMetrics<T>(metrics: Metrics, invocation: () => Promise<T>): Promise<T> {
  try {
    return await invocation();
  } finally {
    metrics.flush();
  }
}

function fits(line: Line, name: MetricName, dimensions: Readonly<Record<string, string>>): boolean {
  const agrees = Object.entries(dimensions).every(
    ([key, value]) => (line.dimensions[key] ?? value) === value,
  );
  return agrees && (line.metrics.get(name)?.values.length ?? 0) < MAX_VALUES;
}

/** A count is one sum: as a list, CloudWatch would keep each of its values. */
function toEmbeddedMetrics({ dimensions, metrics }: Line, timestamp: number) {
  const CloudWatchMetrics = [...metrics].map(([name, { unit }]) => ({
    Namespace: METRIC_NAMESPACE,
    Dimensions: METRICS[name].map((set) => ['stage', ...set]),
    Metrics: [{ Name: name, Unit: unit }],
  }));
  const values = [...metrics].map(([name, { unit, values }]) => {
    const sum = values.reduce((total, value) => total + value, 0);
    return [name, unit === 'Count' || values.length === 1 ? sum : values];
  });
  return { _aws: { Timestamp: timestamp, CloudWatchMetrics }, ...dimensions, ...Object.fromEntries(values) };
}

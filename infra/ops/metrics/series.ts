import type { MetricName } from '../../../shared/telemetry/metrics.ts';

/** Statistics of CloudWatch. `SampleCount` of a duration is the number of what was measured. */
export type Statistic = 'Sum' | 'SampleCount' | 'Maximum' | 'p50' | 'p99';

/** A metric over time (`shared/telemetry/metrics.ts`). */
export interface Series {
  readonly id: string;
  readonly label: string;
  readonly metric: MetricName;
  readonly statistic: Statistic;
  /** Selects a part of a metric that has no total. */
  readonly dimension?: { readonly name: string; readonly value: string };
}

/** What an operator compares over time. */
export const SERIES = [
  { id: 'deliveries', label: 'deliveries accepted', metric: 'DeliveryQueued', statistic: 'Sum' },
  { id: 'calls', label: 'calls to Ocrolus', metric: 'OcrolusLatency', statistic: 'SampleCount' },
  { id: 'throttled', label: 'answers 429', metric: 'OcrolusRateLimited', statistic: 'Sum' },
  { id: 'callMs', label: 'median ms of a call', metric: 'OcrolusLatency', statistic: 'p50' },
  { id: 'delayMs', label: 'median ms until processed', metric: 'ProcessingDelay', statistic: 'p50' },
  { id: 'slowMs', label: 'slowest hundredth, ms', metric: 'ProcessingDelay', statistic: 'p99' },
  { id: 'recovered', label: 'recovered by the poller', metric: 'RecoveredByPoll', statistic: 'Sum' },
  { id: 'overdue', label: 'looks at overdue results', metric: 'ResultsOverdue', statistic: 'Sum' },
  {
    ...{ id: 'refused', label: 'deliveries refused with 401', metric: 'DeliveryRefused', statistic: 'Sum' },
    dimension: { name: 'statusCode', value: '401' },
  },
] as const satisfies readonly Series[];

/** Time that series cover, in whole periods. */
export interface Range {
  /** Unix milliseconds: a multiple of the period. */
  readonly from: number;
  readonly to: number;
  readonly periodSeconds: number;
}

/** Values of each series, one for each period of the range; `null`: there was no data. */
export type Values = readonly (readonly (number | null)[])[];

/** Longest range in seconds for each period. CloudWatch keeps minutes for 15 days, and five minutes for 63. */
const PERIODS = [
  { periodSeconds: 60, upTo: 3 * 3600 },
  { periodSeconds: 300, upTo: 24 * 3600 },
  { periodSeconds: 3600, upTo: 14 * 86_400 },
  { periodSeconds: 86_400, upTo: Number.POSITIVE_INFINITY },
] as const;

/** The range from a time until now, with about as many periods as a picture can show. */
export function rangeSince(from: number, now: number): Range {
  const seconds = Math.max(now - from, 0) / 1000;
  const { periodSeconds } = PERIODS.find(({ upTo }) => seconds <= upTo) ?? PERIODS[3];
  const ms = periodSeconds * 1000;
  return { periodSeconds, from: Math.floor(from / ms) * ms, to: Math.ceil(now / ms) * ms };
}

export function periodsOf({ from, to, periodSeconds }: Range): number[] {
  return Array.from(
    { length: Math.round((to - from) / 1000 / periodSeconds) },
    (_, n) => from + n * periodSeconds * 1000,
  );
}

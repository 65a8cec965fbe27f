import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * `page`: deliveries are being lost or not processed, or a failure would go unnoticed. `ticket`: late, degraded or wrong,
 * without loss, perhaps for days. Each urgency has its own composite alarm, because a composite that is already in alarm
 * sends nothing when another of its alarms goes off: a long ticket must not silence a page.
 */
export const URGENCIES = ['page', 'ticket'] as const;

export type Urgency = (typeof URGENCIES)[number];

/**
 * Kinds of alarms. Each has a section of the same name in `docs/runbook.md`, and may be several alarms, such as one
 * for each channel.
 */
const URGENCY_OF = {
  'dead-letters': 'page',
  'queue-age': 'page',
  'webhook-server-errors': 'page',
  'webhook-client-errors': 'page',
  'webhook-latency': 'page',
  'ingress-unhealthy': 'page',
  'ingress-errors': 'page',
  'deliveries-refused': 'page',
  'deliveries-unsigned': 'page',
  'deliveries-unverified': 'ticket',
  'secret-missing': 'page',
  'events-unrecognized': 'ticket',
  'poller-silent': 'page',
  'poller-errors': 'ticket',
  'poller-behind': 'ticket',
  'recovered-by-poll': 'ticket',
  'books-stuck': 'ticket',
  'results-overdue': 'ticket',
  'results-expired': 'ticket',
  'items-unreadable': 'ticket',
  'ocrolus-auth': 'ticket',
  'ocrolus-token-renewal': 'ticket',
  'ocrolus-rate-limited': 'ticket',
  'requests-rejected': 'ticket',
  'table-throttles': 'page',
  'table-errors': 'page',
  'registration-drift': 'ticket',
  'secret-age': 'ticket',
  'upkeep-errors': 'ticket',
} as const satisfies Readonly<Record<string, Urgency>>;

export type AlarmId = keyof typeof URGENCY_OF;

export const ALARM_IDS = Object.keys(URGENCY_OF) as AlarmId[];

export function urgencyOf(id: AlarmId): Urgency {
  return URGENCY_OF[id];
}

/** Ends with a full stop, so that a forgotten text ("", "TODO") does not compile. */
export type Sentence = `${string}.`;

/** An alarm that states its impact and the first step. Its runbook section is its id. */
export interface AlarmDefinition {
  /** The resource, if there are several alarms of this kind: a channel or a function. */
  readonly of?: string;
  /** Loss for lenders while the alarm is on. */
  readonly impact: Sentence;
  /** First step for the person on call. */
  readonly firstStep: Sentence;
  /** One metric, or an expression over at most ten. CloudWatch charges for each. */
  readonly metric: IMetric;
  /** The alarm goes off when the metric reaches this value or, with `below`, is less than it. */
  readonly threshold: number;
  readonly below?: true;
  /** Number of periods that must breach, out of how many; by default one of one. */
  readonly within?: readonly [breaching: number, periods: number];
  /** Meaning of missing data. SQS, Lambda and the custom metrics write nothing while nothing happens. */
  readonly missingData: 'fine' | 'alarming';
}

/** The definitions of every kind of alarm. A kind that is left out does not compile. */
export type AlarmSet = Readonly<Record<AlarmId, readonly AlarmDefinition[]>>;

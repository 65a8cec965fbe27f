import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { CHANNELS } from '../../../shared/events/channels.ts';

/**
 * Alarms that notify together, through a composite alarm, because they often have one cause. A composite that is in alarm
 * sends nothing when another of its alarms goes off, so the others notify by themselves.
 *
 * - `intake`: Ocrolus's deliveries do not come in.
 * - `ticket`: late, degraded or wrong, without loss, perhaps for days.
 */
export const GROUPS = ['intake', 'ticket'] as const;

export type Group = (typeof GROUPS)[number];

/**
 * Kinds of alarms, and how each notifies. Each has a section of the same name in `docs/runbook.md`, and may be several
 * alarms, such as one for each channel.
 */
const NOTIFIES = {
  'dead-letters': 'ungrouped',
  'queue-age': 'ungrouped',
  'messages-failing': 'ungrouped',
  'answers-not-processed': 'ungrouped',
  'webhook-server-errors': 'intake',
  'webhook-client-errors': 'intake',
  'webhook-latency': 'intake',
  'ingress-unhealthy': 'intake',
  'ingress-errors': 'intake',
  'ingress-refusals': 'intake',
  'probe-failing': 'intake',
  'certificate-expiring': 'ungrouped',
  'deliveries-refused': 'intake',
  'deliveries-unsigned': 'intake',
  'deliveries-unverified': 'ticket',
  'secret-missing': 'intake',
  'events-unrecognized': 'ticket',
  'poller-silent': 'ungrouped',
  'poller-errors': 'ticket',
  'poller-behind': 'ticket',
  'recovered-by-poll': 'ticket',
  'books-stuck': 'ticket',
  'results-failing': 'ungrouped',
  'results-overdue': 'ticket',
  'results-expired': 'ticket',
  'items-unreadable': 'ticket',
  'ocrolus-unavailable': 'ungrouped',
  'ocrolus-token-renewal': 'ticket',
  'ocrolus-rate-limited': 'ticket',
  'requests-rejected': 'ticket',
  'table-throttles': 'ungrouped',
  'table-errors': 'ungrouped',
  'events-unpublished': 'ungrouped',
  'registration-drift': 'ticket',
  'secret-age': 'ticket',
  'upkeep-errors': 'ticket',
} as const satisfies Readonly<Record<string, Group | 'ungrouped'>>;

export type AlarmId = keyof typeof NOTIFIES;

export const ALARM_IDS = Object.keys(NOTIFIES) as AlarmId[];

/** How an alarm notifies: with a group, or by itself. */
export function notifierOf(id: AlarmId): Group | 'ungrouped' {
  return NOTIFIES[id];
}

/** Class of a channel: it delivers results that readers wait for, or only the status of a book. */
export const CHANNEL_CLASSES = ['results', 'status'] as const;

/** Names of the alarms that are in no group, without the stage's prefix. */
export const UNGROUPED: readonly string[] = ALARM_IDS.filter((id) => notifierOf(id) === 'ungrouped').flatMap(
  (id) => {
    if (id === 'dead-letters') return CHANNELS.map((channel) => `${id}-${channel}`);
    if (id === 'queue-age') return CHANNEL_CLASSES.map((ofClass) => `${id}-${ofClass}`);
    return [id];
  },
);

/** `page`: deliveries are being lost or not processed, or a failure would go unnoticed. */
export type Urgency = 'page' | 'ticket';

export function urgencyOf(notifier: Group | 'ungrouped'): Urgency {
  return notifier === 'ticket' ? 'ticket' : 'page';
}

/** Ends with a full stop, so that an empty text, or a note to write one, does not compile. */
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
  /** The alarm goes off when the metric reaches this value or, with `below`, is less than it; by default 1. */
  readonly threshold?: number;
  readonly below?: true;
  /** Number of periods that must breach, out of how many; by default one of one. */
  readonly within?: readonly [breaching: number, periods: number];
  /**
   * Missing data is fine by default: SQS, Lambda and the custom metrics write nothing while nothing happens. `unchanged`: it
   * keeps the alarm as it is.
   */
  readonly missingData?: 'alarming' | 'unchanged';
}

/** The definitions of every kind of alarm. A kind that is left out does not compile. */
export type AlarmSet = Readonly<Record<AlarmId, AlarmDefinition | readonly AlarmDefinition[]>>;

/**
 * Days before a certificate expires. ACM begins to renew 60 or 45 days before, depending on how long the certificate is
 * valid, and imported ones are renewed by hand (AWS: "Managed certificate renewal").
 */
export const EXPIRING_DAYS = 30;

import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmId } from './alarm-ids.ts';

/** Ends with a full stop, so that a forgotten text ("", "TODO") does not compile. */
export type Sentence = `${string}.`;

/** An alarm that says what is at stake and what to do. Its runbook section is its id. */
export interface AlarmDefinition {
  /** What it is about, where there are several alarms of its kind: a channel, a group of them. */
  readonly of?: string;
  /** What lenders lose while this goes on. */
  readonly impact: Sentence;
  /** What the person on call does first. */
  readonly firstStep: Sentence;
  /** One metric, or an expression over at most ten. CloudWatch charges for each. */
  readonly metric: IMetric;
  /** The alarm goes off when the metric reaches this or, with `below`, falls short of it. */
  readonly threshold: number;
  readonly below?: true;
  /** So many of so many periods; default one of one. */
  readonly within?: readonly [breaching: number, periods: number];
  /** What no data means. SQS, Lambda and our own counts say nothing while nothing happens. */
  readonly silence: 'fine' | 'alarming';
}

/** Definitions for each kind of alarm: none may be forgotten. */
export type AlarmSet = Readonly<Record<AlarmId, readonly AlarmDefinition[]>>;

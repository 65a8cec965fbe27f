import {
  Alarm,
  AlarmRule,
  type AlarmStatusWidgetProps,
  ComparisonOperator,
  CompositeAlarm,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  ALARM_IDS,
  type AlarmDefinition,
  type AlarmId,
  type AlarmSet,
  type Sentence,
  URGENCIES,
  type Urgency,
  urgencyOf,
} from './alarm-definition.ts';

/** Where the runbook is when a stage's settings do not say: seen from the project's root. */
const RUNBOOK_PATH = 'docs/runbook.md';

export interface AlarmsProps {
  /** Part of every name. */
  readonly stage: string;
  /** What is to be alarmed about. */
  readonly definitions: AlarmSet;
  /** Where people read the runbook. */
  readonly runbookUrl: string | undefined;
  /** Who is told. */
  readonly topics: readonly ITopic[];
}

/** What the composite of an urgency says. */
const TEXTS: Readonly<Record<Urgency, readonly [impact: Sentence, firstStep: Sentence]>> = {
  page: [
    'Webhooks of Ocrolus are being lost, or are not processed.',
    'See which alarms make it up. Further ones send no further message.',
  ],
  ticket: [
    'Something is late or not as it should be, but nothing is being lost.',
    'See which alarms make it up. Further ones send no further message; what is urgent has a composite of its own.',
  ],
};

/**
 * Every alarm of a stage, and a composite alarm for each urgency, which sends the notifications: one when its first alarm
 * goes off and one when all are OK again, instead of a dozen for alarms that have the same cause.
 */
export class Alarms extends Construct {
  /** The composites first. */
  readonly all: AlarmStatusWidgetProps['alarms'];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const runbook = props.runbookUrl ?? RUNBOOK_PATH;
    const alarms = ALARM_IDS.flatMap((id) =>
      props.definitions[id].map((definition) => ({
        urgency: urgencyOf(id),
        alarm: this.alarm(props.stage, id, definition, runbook),
      })),
    );
    const composites = URGENCIES.map((urgency) => {
      const members = alarms.filter((alarm) => alarm.urgency === urgency).map(({ alarm }) => alarm);
      return this.composite(urgency, members, props, runbook);
    });
    this.all = [...composites, ...alarms.map(({ alarm }) => alarm)];
  }

  private composite(
    urgency: Urgency,
    members: readonly Alarm[],
    { stage, topics }: AlarmsProps,
    runbook: string,
  ): CompositeAlarm {
    const [impact, firstStep] = TEXTS[urgency];
    const composite = new CompositeAlarm(this, urgency === 'page' ? 'Page' : 'Ticket', {
      compositeAlarmName: `ocrolus-${stage}-${urgency}`,
      alarmDescription: [impact, `First: ${firstStep}`, `Runbook: ${runbook}#${urgency}`].join('\n'),
      alarmRule: AlarmRule.anyOf(...members),
    });
    for (const topic of topics) {
      composite.addAlarmAction(new SnsAction(topic));
      composite.addOkAction(new SnsAction(topic));
    }
    return composite;
  }

  private alarm(stage: string, id: AlarmId, definition: AlarmDefinition, runbook: string): Alarm {
    const name = definition.of === undefined ? id : `${id}-${definition.of}`;
    const [datapointsToAlarm, evaluationPeriods] = definition.within ?? [1, 1];
    return new Alarm(this, name, {
      alarmName: `ocrolus-${stage}-${name}`,
      alarmDescription: [
        definition.impact,
        `First: ${definition.firstStep}`,
        `Runbook: ${runbook}#${id}`,
      ].join('\n'),
      metric: definition.metric,
      threshold: definition.threshold,
      comparisonOperator:
        definition.below === true
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm,
      evaluationPeriods,
      treatMissingData:
        definition.silence === 'alarming' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
  }
}

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

/** Path of the runbook in this project, for stages that set no `alarms.runbookUrl`. */
const RUNBOOK_PATH = 'docs/runbook.md';

export interface AlarmsProps {
  /** Part of every name. */
  readonly stage: string;
  /** The alarms to create. */
  readonly definitions: AlarmSet;
  /** URL of the runbook. */
  readonly runbookUrl: string | undefined;
  /** Topics that are notified. */
  readonly topics: readonly ITopic[];
}

/** The texts of each composite alarm. */
const TEXTS: Readonly<Record<Urgency, readonly [impact: Sentence, firstStep: Sentence]>> = {
  page: [
    'Webhooks of Ocrolus are being lost, or are not processed.',
    'See which of its alarms are on. An alarm that goes off later sends no further message.',
  ],
  ticket: [
    'Something is late or wrong, but nothing is being lost.',
    'See which of its alarms are on. An alarm that goes off later sends no further message, unless it is a page.',
  ],
};

/**
 * All alarms of a stage, and a composite alarm for each urgency. Only the composites notify: once when the first
 * alarm goes off, and once when all are OK again, instead of a dozen times for alarms with the same cause.
 */
export class Alarms extends Construct {
  /** All alarms, the composites first. */
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
        definition.missingData === 'alarming' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
  }
}

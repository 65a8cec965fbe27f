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
import type { AlarmDefinition, AlarmSet } from './alarm-definition.ts';
import { ALARM_IDS, type AlarmId, PIPELINE } from './alarm-ids.ts';

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

/**
 * Every alarm of a stage, and the composite of them that tells people: one mail when the pipeline stops being
 * healthy and one when it is healthy again, and not one for each of the dozen alarms that one cause sets off.
 */
export class Alarms extends Construct {
  /** The composite first. */
  readonly all: AlarmStatusWidgetProps['alarms'];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const runbook = props.runbookUrl ?? RUNBOOK_PATH;
    const alarms = ALARM_IDS.flatMap((id) =>
      props.definitions[id].map((definition) => this.alarm(props.stage, id, definition, runbook)),
    );
    const composite = new CompositeAlarm(this, 'Pipeline', {
      compositeAlarmName: `ocrolus-${props.stage}-${PIPELINE}`,
      alarmDescription: [
        'Webhooks of Ocrolus are late, are being lost, or soon will be.',
        'First: see on the dashboard which alarms make it up. Further ones send no further message.',
        `Runbook: ${runbook}#${PIPELINE}`,
      ].join('\n'),
      alarmRule: AlarmRule.anyOf(...alarms),
    });
    for (const topic of props.topics) {
      composite.addAlarmAction(new SnsAction(topic));
      composite.addOkAction(new SnsAction(topic));
    }
    this.all = [composite, ...alarms];
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

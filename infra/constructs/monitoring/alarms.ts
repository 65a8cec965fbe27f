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
import { channelAlarms } from './alarms/channels.ts';
import { ingressAlarms } from './alarms/ingress.ts';
import { ocrolusAlarms } from './alarms/ocrolus.ts';
import { pollerAlarms } from './alarms/poller.ts';
import { tableAlarms } from './alarms/table.ts';
import { upkeepAlarms } from './alarms/upkeep.ts';
import { webhookAlarms } from './alarms/webhook.ts';
import type { MonitoredResources } from './metrics.ts';

/** Path of the runbook in this project, for stages that set no `alarms.runbookUrl`. */
const RUNBOOK_PATH = 'docs/runbook.md';

export interface AlarmsProps {
  /** The resources to monitor. */
  readonly resources: MonitoredResources;
  /** Topics that are notified. */
  readonly topics: readonly ITopic[];
}

interface Names {
  /** Begins the name of each alarm. */
  readonly prefix: string;
  /** Path or URL of the runbook. */
  readonly runbook: string;
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

  constructor(scope: Construct, id: string, { resources, topics }: AlarmsProps) {
    super(scope, id);
    const { stage, alarms: settings } = resources.settings;
    const names = { prefix: `ocrolus-${stage}`, runbook: settings.runbookUrl ?? RUNBOOK_PATH };
    const definitions = alarmDefinitions(resources);
    const alarms = ALARM_IDS.flatMap((id) =>
      [definitions[id]].flat().map((definition) => ({
        urgency: urgencyOf(id),
        alarm: this.alarm(id, definition, names),
      })),
    );
    const composites = URGENCIES.map((urgency) => {
      const members = alarms.filter((alarm) => alarm.urgency === urgency).map(({ alarm }) => alarm);
      const composite = this.composite(urgency, members, names);
      for (const topic of topics) {
        composite.addAlarmAction(new SnsAction(topic));
        composite.addOkAction(new SnsAction(topic));
      }
      return composite;
    });
    this.all = [...composites, ...alarms.map(({ alarm }) => alarm)];
  }

  private composite(urgency: Urgency, members: readonly Alarm[], { prefix, runbook }: Names): CompositeAlarm {
    const [impact, firstStep] = TEXTS[urgency];
    return new CompositeAlarm(this, urgency === 'page' ? 'Page' : 'Ticket', {
      compositeAlarmName: `${prefix}-${urgency}`,
      alarmDescription: [impact, `First: ${firstStep}`, `Runbook: ${runbook}#${urgency}`].join('\n'),
      alarmRule: AlarmRule.anyOf(...members),
    });
  }

  private alarm(id: AlarmId, definition: AlarmDefinition, { prefix, runbook }: Names): Alarm {
    const { impact, firstStep } = definition;
    const name = definition.of === undefined ? id : `${id}-${definition.of}`;
    const [datapointsToAlarm, evaluationPeriods] = definition.within ?? [1, 1];
    return new Alarm(this, name, {
      alarmName: `${prefix}-${name}`,
      alarmDescription: [impact, `First: ${firstStep}`, `Runbook: ${runbook}#${id}`].join('\n'),
      metric: definition.metric,
      threshold: definition.threshold ?? 1,
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

/** All alarms of a stage. */
function alarmDefinitions(resources: MonitoredResources): AlarmSet {
  return {
    ...channelAlarms(resources),
    ...webhookAlarms(resources),
    ...ingressAlarms(resources),
    ...pollerAlarms(resources),
    ...ocrolusAlarms(resources),
    ...tableAlarms(resources),
    ...upkeepAlarms(resources),
  };
}

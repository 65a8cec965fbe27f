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
  GROUPS,
  type Group,
  notifierOf,
  type Sentence,
} from './alarm-definition.ts';
import { channelAlarms } from './alarms/channels.ts';
import { consumerAlarms } from './alarms/consumers.ts';
import { ingressAlarms } from './alarms/ingress.ts';
import { ocrolusAlarms } from './alarms/ocrolus.ts';
import { pollerAlarms } from './alarms/poller.ts';
import { publisherAlarms } from './alarms/publisher.ts';
import { tableAlarms } from './alarms/table.ts';
import { upkeepAlarms } from './alarms/upkeep.ts';
import { webhookAlarms } from './alarms/webhook.ts';
import type { MonitoredResources } from './metrics.ts';

/** Path of the runbook in this project, for stages that set no `alarms.runbookUrl`. */
const RUNBOOK_PATH = 'docs/runbook.md';

export interface AlarmsProps {
  readonly resources: MonitoredResources;
  readonly topics: readonly ITopic[];
}

interface Names {
  /** Part of the name of each alarm. */
  readonly stage: string;
  readonly runbook: string;
}

/** The logical id of each composite alarm, and what is at stake. */
const COMPOSITES: Readonly<Record<Group, { readonly id: string; readonly impact: Sentence }>> = {
  intake: { id: 'Intake', impact: 'Webhooks of Ocrolus do not come in, and are lost after ten minutes.' },
  ticket: { id: 'Ticket', impact: 'Something is late or wrong, but nothing is being lost.' },
};

const FIRST_STEP: Sentence =
  'See which of its alarms are on. One that goes off later sends no further message.';

const TREATMENT = {
  alarming: TreatMissingData.BREACHING,
  unchanged: TreatMissingData.IGNORE,
  fine: TreatMissingData.NOT_BREACHING,
} as const;

/**
 * All alarms of a stage, and a composite alarm for each group. Alarms of a group send one message when the first of them
 * goes off, and one when all are OK again, instead of a dozen for one cause. The others send their own.
 */
export class Alarms extends Construct {
  /** All alarms, the composites first. */
  readonly all: AlarmStatusWidgetProps['alarms'];

  constructor(scope: Construct, id: string, { resources, topics }: AlarmsProps) {
    super(scope, id);
    const { stage, alarms: settings } = resources.settings;
    const names = { stage, runbook: settings.runbookUrl ?? RUNBOOK_PATH };
    const definitions = alarmDefinitions(resources);
    const alarms = ALARM_IDS.flatMap((id) =>
      [definitions[id]].flat().map((definition) => ({
        notifier: notifierOf(id),
        alarm: this.alarm(id, definition, names),
      })),
    );
    const of = (notifier: Group | 'ungrouped') =>
      alarms.filter((alarm) => alarm.notifier === notifier).map(({ alarm }) => alarm);
    const composites = GROUPS.map((group) => this.composite(group, of(group), names));
    for (const alarm of [...composites, ...of('ungrouped')]) {
      for (const topic of topics) {
        alarm.addAlarmAction(new SnsAction(topic));
        alarm.addOkAction(new SnsAction(topic));
      }
    }
    this.all = [...composites, ...alarms.map(({ alarm }) => alarm)];
  }

  private composite(group: Group, members: readonly Alarm[], { stage, runbook }: Names): CompositeAlarm {
    const { id, impact } = COMPOSITES[group];
    return new CompositeAlarm(this, id, {
      compositeAlarmName: alarmName(stage, group),
      alarmDescription: [impact, `First: ${FIRST_STEP}`, `Runbook: ${runbook}#${group}`].join('\n'),
      alarmRule: AlarmRule.anyOf(...members),
    });
  }

  private alarm(id: AlarmId, definition: AlarmDefinition, { stage, runbook }: Names): Alarm {
    const { impact, firstStep } = definition;
    const name = definition.of === undefined ? id : `${id}-${definition.of}`;
    const [datapointsToAlarm, evaluationPeriods] = definition.within ?? [1, 1];
    return new Alarm(this, name, {
      alarmName: alarmName(stage, name),
      alarmDescription: [impact, `First: ${firstStep}`, `Runbook: ${runbook}#${id}`].join('\n'),
      metric: definition.metric,
      threshold: definition.threshold ?? 1,
      comparisonOperator:
        definition.below === true
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm,
      evaluationPeriods,
      treatMissingData: TREATMENT[definition.missingData ?? 'fine'],
    });
  }
}

export function alarmName(stage: string, name: string): string {
  return `ocrolus-${stage}-${name}`;
}

function alarmDefinitions(resources: MonitoredResources): AlarmSet {
  return {
    ...channelAlarms(resources),
    ...consumerAlarms(resources),
    ...webhookAlarms(resources),
    ...ingressAlarms(resources),
    ...pollerAlarms(resources),
    ...ocrolusAlarms(resources),
    ...tableAlarms(resources),
    ...publisherAlarms(resources),
    ...upkeepAlarms(resources),
  };
}

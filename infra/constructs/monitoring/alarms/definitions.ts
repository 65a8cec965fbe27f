import type { AlarmSet } from '../alarm-definition.ts';
import type { MonitoredResources } from '../monitored-resources.ts';
import { channelAlarms } from './channels.ts';
import { ingressAlarms } from './ingress.ts';
import { ocrolusAlarms } from './ocrolus.ts';
import { pollerAlarms } from './poller.ts';
import { tableAlarms } from './table.ts';
import { upkeepAlarms } from './upkeep.ts';
import { webhookAlarms } from './webhook.ts';

/** All alarms of a stage. */
export function alarmDefinitions(resources: MonitoredResources): AlarmSet {
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

import type { AlarmSet } from './alarm-definition.ts';
import { channelAlarms } from './alarms/channels.ts';
import { ingressAlarms } from './alarms/ingress.ts';
import { ocrolusAlarms } from './alarms/ocrolus.ts';
import { pollerAlarms } from './alarms/poller.ts';
import { tableAlarms } from './alarms/table.ts';
import { upkeepAlarms } from './alarms/upkeep.ts';
import { webhookAlarms } from './alarms/webhook.ts';
import type { MonitoredResources } from './monitored-resources.ts';

/** Every alarm of a stage. */
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

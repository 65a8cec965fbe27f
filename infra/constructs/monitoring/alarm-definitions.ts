import type { AlarmSet } from './alarm-definition.ts';
import { channelAlarms } from './alarms/channels.ts';
import { consumerAlarms } from './alarms/consumers.ts';
import { ingressAlarms } from './alarms/ingress.ts';
import { ocrolusAlarms } from './alarms/ocrolus.ts';
import { pollerAlarms } from './alarms/poller.ts';
import { tableAlarms } from './alarms/table.ts';
import { upkeepAlarms } from './alarms/upkeep.ts';
import { webhookAlarms } from './alarms/webhook.ts';
import type { Watched } from './watched.ts';

/** Every alarm of a stage. */
export function alarmDefinitions(watched: Watched): AlarmSet {
  return {
    ...channelAlarms(watched),
    ...consumerAlarms(watched),
    ...webhookAlarms(watched),
    ...ingressAlarms(watched),
    ...pollerAlarms(watched),
    ...ocrolusAlarms(watched),
    ...tableAlarms(watched),
    ...upkeepAlarms(watched),
  };
}

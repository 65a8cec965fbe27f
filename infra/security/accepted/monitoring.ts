import { type Accepted, inPacks } from '../accepted.ts';

/** Findings on alarms. */
export const MONITORING: readonly Accepted[] = [
  {
    on: /^Monitoring\/Alarms\/(?!(?:Page|Ticket)\/)[\w-]+\/Resource$/,
    findings: inPacks(['hipaa', 'nist'], 'CloudWatchAlarmAction'),
    reason:
      'Two composite alarms, Monitoring/Alarms/Page and Ticket, contain all alarms and notify the topic: one message for ' +
      'one cause. test/infra/monitoring/notifications.test.ts checks that none is left out.',
  },
  {
    on: /^Monitoring\/AlarmTopic\/Topic\/[^/]+\/Resource$/,
    findings: ['Serverless-SNSRedrivePolicy'],
    reason:
      'The subscribers are e-mail addresses. A message that cannot be delivered has no use later: the alarm itself remains ' +
      'visible in CloudWatch and on the dashboard.',
  },
];

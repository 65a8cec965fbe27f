import { type Accepted, inPacks } from '../accepted.ts';

/** Alarms. */
export const MONITORING: readonly Accepted[] = [
  {
    on: /^Monitoring\/Alarms\/(?!(?:Page|Ticket)\/)[\w-]+\/Resource$/,
    findings: inPacks(['hipaa', 'nist'], 'CloudWatchAlarmAction'),
    reason:
      'Each alarm acts through one of two composites, Monitoring/Alarms/Page and Ticket, which contain all of them and ' +
      'notify the topic: one message for one cause. test/infra/monitoring/notifications.test.ts checks that none is left out.',
  },
  {
    on: /^Monitoring\/AlarmTopic\/Topic\/[^/]+\/Resource$/,
    findings: ['Serverless-SNSRedrivePolicy'],
    reason:
      'The subscribers are people who read mail. What cannot be delivered to them is of no use later: the alarm is ' +
      'still there to be seen, and on the dashboard.',
  },
];

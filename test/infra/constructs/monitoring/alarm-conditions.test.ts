import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../../../../shared/events/channels.ts';
import { ALLOWLISTED } from '../../testing/settings.ts';
import { onlyResource, queueNamed, type Resource, STAGE } from '../../testing/synthesized.ts';
import { metricsOf, monitored } from './alarms-of.ts';

/** Checks the metric and the condition of each alarm. */
const { template, alarms } = monitored({
  registration: { enabled: true, rotationDays: 90 },
  ingress: ALLOWLISTED,
  allowUnsigned: true,
  probeMinutes: 5,
});
const only = (name: string) => alarms.get(name);
/** One metric, whose gaps count as 0. */
const every = (seconds: number) => [{ Expression: 'FILL(m0, 0)' }, { MetricStat: { Period: seconds } }];

describe.each(CHANNELS)('the channel %s', (channel) => {
  const queueName = (suffix: string) => ({
    Name: 'QueueName',
    Value: { 'Fn::GetAtt': [queueNamed(template, `ocrolus-${STAGE}-${channel}${suffix}`)[0], 'QueueName'] },
  });

  test('any dead letter is an alarm, on a metric that counts moved messages', () => {
    expect(only(`dead-letters-${channel}`)).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [queueName('-dlq')],
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
    });
  });
});

test.each(['results', 'status'])(
  'a message of a channel for %s that waits for too long is an alarm',
  (of) => {
    expect(only(`queue-age-${of}`)).toMatchObject({ Threshold: 600 });
    for (const { MetricName } of metricsOf(only(`queue-age-${of}`)))
      expect(MetricName).toBe('ApproximateAgeOfOldestMessage');
  },
);

test('every queue has an age that is an alarm', () => {
  const watched = [...metricsOf(only('queue-age-results')), ...metricsOf(only('queue-age-status'))];
  const ids = CHANNELS.map((channel) => queueNamed(template, `ocrolus-${STAGE}-${channel}`)[0]);
  const seen = watched.map(({ Dimensions }) => Dimensions[0].Value['Fn::GetAtt'][0]);
  expect(seen.sort()).toEqual(ids.sort());
});

test('the poller that does not run is an alarm, because then there is no data', () => {
  expect(metricsOf(only('poller-silent'))).toMatchObject([{ MetricName: 'PollerRun' }]);
  expect(only('poller-silent')).toMatchObject({
    Metrics: every(300),
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 3,
    TreatMissingData: 'breaching',
  });
});

test.each([
  ['results-overdue', 'ResultsOverdue'],
  ['results-expired', 'ResultExpired'],
  ['items-unreadable', 'ItemUnreadable'],
  ['requests-rejected', 'RequestRejected'],
  ['answers-not-processed', 'AnswerNotProcessed'],
  ['books-stuck', 'BooksStuck'],
])('%s: one is enough, under any dimension', (name, MetricName) => {
  const Dimensions = [{ Name: 'stage', Value: STAGE }];
  expect(only(name)).toMatchObject({ MetricName, Statistic: 'Sum', Threshold: 1, Dimensions });
});

test('a secret is too old two days after its rotation was due', () => {
  expect(only('secret-age')).toMatchObject({ MetricName: 'WebhookSecretAge', Threshold: 92 * 86_400 });
});

test('missing data is an alarm only for what runs on a schedule, and keeps the alarm of a certificate', () => {
  const others = [...alarms].filter(([, { TreatMissingData }]) => TreatMissingData !== 'notBreaching');
  expect(Object.fromEntries(others.map(([name, { TreatMissingData }]) => [name, TreatMissingData]))).toEqual({
    'poller-silent': 'breaching',
    'probe-failing': 'breaching',
    'certificate-expiring': 'ignore',
  });
});

test('two pings in a row that are not accepted are an alarm, whatever the reason', () => {
  const below = { ComparisonOperator: 'LessThanThreshold', Threshold: 1 };
  const Metrics = every(720);
  expect(only('probe-failing')).toMatchObject({ Metrics, EvaluationPeriods: 1, ...below });
  expect(metricsOf(only('probe-failing'))).toMatchObject([{ MetricName: 'ProbeAccepted' }]);
});

test('the endpoint refuses what the load balancer forwards', () => {
  expect(only('ingress-refusals')).toMatchObject({
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_4XX_Count',
    Statistic: 'Sum',
    Threshold: 25,
  });
});

test('the certificate expires within a month', () => {
  expect(only('certificate-expiring')).toMatchObject({
    Namespace: 'AWS/CertificateManager',
    MetricName: 'DaysToExpiry',
    Dimensions: [{ Name: 'CertificateArn', Value: ALLOWLISTED.certificateArn }],
    ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 30, Statistic: 'Minimum' },
  });
});

test('throttles of the table and of its index are an alarm', () => {
  const [tableId] = onlyResource(template, 'AWS::DynamoDB::Table');
  const seen = metricsOf(only('table-throttles')).map(({ MetricName, Dimensions = [] }) => [
    MetricName,
    ...Dimensions.map(({ Value }: Resource) => Value),
  ]);
  expect(seen).toEqual([
    ['ReadThrottleEvents', { Ref: tableId }],
    ['ReadThrottleEvents', 'due', { Ref: tableId }],
    ['WriteThrottleEvents', { Ref: tableId }],
    ['WriteThrottleEvents', 'due', { Ref: tableId }],
  ]);
});

describe('settings', () => {
  test('a stage without load balancer and without rotation has no alarms of them', () => {
    const names = [...monitored({ registration: { enabled: true, url: 'https://x.example' } }).alarms.keys()];
    expect(names.filter((name) => /^ingress|^secret-age/.test(name))).toEqual([]);
  });

  test('a secret that is rotated in a stage that does not register has an alarm, too', () => {
    const upkeep = (settings: Parameters<typeof monitored>[0]) =>
      [...monitored(settings).alarms.keys()].filter((name) => name.startsWith('upkeep-errors'));
    expect(upkeep({ registration: { rotationDays: 30 } })).toEqual(['upkeep-errors-rotation']);
    expect(upkeep({})).toEqual([]);
  });

  const changed = monitored({
    poll: { minutes: 60, maxSeconds: 604_800 },
    alarms: {
      overdueHours: 6,
      queueAgeMinutes: { results: 5, status: 20 },
      webhookLatencyMs: 1000,
      refusals: 2,
      recoveredByPoll: 7,
      rateLimited: 300,
      pollerLagMinutes: 10,
    },
  });

  test.each<[string, object]>([
    // A run may take five minutes, and starts once an hour in this stage.
    ['poller-silent', { Metrics: every(3600) }],
    ['ocrolus-unavailable', { Period: 3600, EvaluationPeriods: 1 }],
    // A book with overdue results is polled at least once in the period in which they are counted.
    ['results-overdue', { Period: 604_800, AlarmDescription: expect.stringContaining('than 6 hours') }],
    ['queue-age-results', { Threshold: 300 }],
    ['queue-age-status', { Threshold: 1200 }],
    ['webhook-latency', { Threshold: 1000 }],
    ['deliveries-refused', { Threshold: 2 }],
    ['recovered-by-poll', { Threshold: 7 }],
    ['ocrolus-rate-limited', { Threshold: 300 }],
    ['poller-behind', { Threshold: 600 }],
  ])('change %s', (name, expected) => {
    expect(changed.alarms.get(name)).toMatchObject(expected);
  });

  test('leave a run of the poller five minutes', () => {
    expect(monitored({ poll: { minutes: 1 } }).alarms.get('poller-silent')).toMatchObject({
      Metrics: every(300),
    });
  });
});

import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { ALLOWLISTED } from '../ingress/settings.ts';
import { lambdaOf, onlyResource, queueNamed, resources, STAGE } from '../synthesized.ts';
import { alarmOf, metricsOf, monitored } from './alarms-of.ts';

/** Checks the metric and the condition of each alarm. */
const { template, alarms } = monitored({
  registration: { enabled: true, rotationDays: 90 },
  ingress: ALLOWLISTED,
});
const only = (name: string) => alarmOf(alarms, name);

describe.each(CHANNELS)('the channel %s', (channel) => {
  const queueName = (suffix: string) => ({
    Name: 'QueueName',
    Value: { 'Fn::GetAtt': [queueNamed(template, `ocrolus-${STAGE}-${channel}${suffix}`)[0], 'QueueName'] },
  });

  test('any dead letter is an alarm, on a metric that counts moved messages', () => {
    expect(only(`dead-letters-${channel}`)).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [queueName('-dlq')],
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('a message that waits for too long is an alarm', () => {
    const status = ['lifecycle', 'unrecognized'].includes(channel);
    expect(only(`queue-age-${channel}`)).toMatchObject({
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [queueName('')],
      Statistic: 'Maximum',
      Threshold: status ? 3600 : 900,
    });
  });
});

test('consumers have no alarms: queue age and dead letters show what they do not process', () => {
  const functions = [...alarms.values()]
    .flatMap(metricsOf)
    .filter(({ Namespace }) => Namespace === 'AWS/Lambda');
  const monitoredIds = functions.flatMap(({ Dimensions = [] }) => Dimensions.map(({ Value }) => Value));
  for (const channel of CHANNELS)
    expect(monitoredIds).not.toContainEqual({ Ref: lambdaOf(template, channel)[0] });
  expect(monitoredIds).toContainEqual({ Ref: lambdaOf(template, 'poller')[0] });
});

describe('the webhook', () => {
  const [apiStage] = resources(template, 'AWS::ApiGateway::Stage');
  const ofStage = [
    { Name: 'ApiName', Value: `ocrolus-webhooks-${STAGE}` },
    { Name: 'Stage', Value: { Ref: apiStage?.[0] } },
  ];

  test.each([
    ['webhook-server-errors', { MetricName: '5XXError', Statistic: 'Sum', Threshold: 3 }],
    ['webhook-client-errors', { MetricName: '4XXError', Statistic: 'Sum', Threshold: 25 }],
    ['webhook-latency', { MetricName: 'Latency', ExtendedStatistic: 'p99', Threshold: 2500 }],
  ])('%s is that of its API', (name, expected) => {
    expect(only(name)).toMatchObject({ Namespace: 'AWS/ApiGateway', Dimensions: ofStage, ...expected });
  });

  test('has a latency alarm well before Ocrolus times out', () => {
    expect(only('webhook-latency').Threshold).toBeLessThanOrEqual(5000);
  });

  test.each([
    ['deliveries-refused', 'DeliveryRefused', { Name: 'statusCode', Value: '401' }, 10],
    ['deliveries-unsigned', 'DeliveryRefused', { Name: 'reason', Value: 'unsigned' }, 1],
    ['secret-missing', 'DeliveryRefused', { Name: 'reason', Value: 'nothing-configured' }, 1],
  ])('%s counts what the webhook refused', (name, MetricName, dimension, Threshold) => {
    const alarm = only(name);
    expect(alarm).toMatchObject({
      MetricName,
      Threshold,
      Statistic: 'Sum',
      TreatMissingData: 'notBreaching',
    });
    expect(alarm.Dimensions).toContainEqual(dimension);
  });
});

describe('the poller', () => {
  test('that does not run is an alarm, because then there is no data', () => {
    expect(only('poller-silent')).toMatchObject({
      MetricName: 'PollerRun',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      TreatMissingData: 'breaching',
    });
  });

  test.each([
    // A run may take five minutes.
    [1, 300],
    [60, 3600],
  ])('may be silent for three runs when it runs every %i minutes', (minutes, Period) => {
    expect(monitored({ poll: { minutes } }).alarms.get('poller-silent')).toMatchObject({ Period });
  });

  test('polls a book with overdue results at least once in the period in which they are counted', () => {
    expect(only('results-overdue').Period).toBeGreaterThan(21_600);
    const rare = monitored({ poll: { maxSeconds: 604_800 } }).alarms.get('results-overdue');
    expect(rare?.Period).toBe(604_800);
  });

  test.each([
    ['results-overdue', 'ResultsOverdue'],
    ['results-expired', 'ResultExpired'],
    ['items-unreadable', 'ItemUnreadable'],
    ['requests-rejected', 'RequestRejected'],
    ['books-stuck', 'BooksStuck'],
  ])('%s: one is enough, under any dimension', (name, MetricName) => {
    expect(only(name)).toMatchObject({
      MetricName,
      Statistic: 'Sum',
      Threshold: 1,
      Dimensions: [{ Name: 'stage', Value: STAGE }],
      TreatMissingData: 'notBreaching',
    });
  });

  test('the impact of overdue results names the time that the stage sets', () => {
    const { alarms: strict } = monitored({ alarms: { overdueHours: 6 } });
    expect(strict.get('results-overdue')?.AlarmDescription).toContain('more than 6 hours');
  });
});

test('a load balancer has alarms, if there is one', () => {
  expect(only('ingress-unhealthy')).toMatchObject({
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'UnHealthyHostCount',
    Threshold: 1,
  });
  expect(only('ingress-errors')).toMatchObject({ MetricName: 'HTTPCode_ELB_5XX_Count', Threshold: 1 });
  expect([...monitored().alarms.keys()].filter((name) => name.startsWith('ingress'))).toEqual([]);
});

test('missing data is an alarm only for the poller', () => {
  const alarming = [...alarms].filter(([, { TreatMissingData }]) => TreatMissingData !== 'notBreaching');
  expect(alarming.map(([name]) => name)).toEqual(['poller-silent']);
});

test('throttles of the table and of its index are an alarm', () => {
  const [tableId] = onlyResource(template, 'AWS::DynamoDB::Table');
  const seen = metricsOf(only('table-throttles')).map(({ MetricName, Dimensions = [] }) => [
    MetricName,
    ...Dimensions.map(({ Value }) => Value),
  ]);
  expect(seen).toEqual([
    ['ReadThrottleEvents', { Ref: tableId }],
    ['ReadThrottleEvents', 'due', { Ref: tableId }],
    ['WriteThrottleEvents', { Ref: tableId }],
    ['WriteThrottleEvents', 'due', { Ref: tableId }],
  ]);
});

test('a secret is too old two days after its rotation was due, if it is rotated', () => {
  expect(only('secret-age')).toMatchObject({
    MetricName: 'WebhookSecretAge',
    Threshold: 92 * 86_400,
    Period: 86_400,
  });
  expect(
    monitored({ registration: { enabled: true, url: 'https://hooks.example.com' } }).alarms.has('secret-age'),
  ).toBe(false);
});

test('thresholds are settings', () => {
  const strict = monitored({
    alarms: {
      queueAgeMinutes: { results: 5, status: 10 },
      webhookLatencyMs: 1000,
      refusals: 2,
      recoveredByPoll: 7,
      rateLimited: 300,
      pollerLagMinutes: 10,
    },
  }).alarms;
  const thresholds = [
    'queue-age-doc-verified',
    'queue-age-lifecycle',
    'webhook-latency',
    'deliveries-refused',
    'recovered-by-poll',
    'ocrolus-rate-limited',
    'poller-behind',
  ].map((name) => strict.get(name)?.Threshold);
  expect(thresholds).toEqual([300, 600, 1000, 2, 7, 300, 600]);
});

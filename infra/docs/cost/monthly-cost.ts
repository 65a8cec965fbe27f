import { ASSUMPTIONS, BUSY_METRICS, IDLE_METRICS } from './assumptions.ts';
import PER_DELIVERY from './per-delivery.json' with { type: 'json' };
import { PRICES, type PriceName } from './prices.ts';

/** The part of a CloudFormation template that determines costs. */
export interface PaidTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type?: unknown; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

/** One row of the costs. */
export interface CostLine {
  readonly what: string;
  /** Amounts by price. */
  readonly amounts: Readonly<Partial<Record<PriceName, number>>>;
}

const { hours } = ASSUMPTIONS;
const KILOBYTES_PER_GIGABYTE = 1_000_000;
const WEBHOOK_GIGABYTES = 0.5;
const POLLER_GIGABYTES = 0.5;
const CONSUMER_GIGABYTES = 0.5;

/** The USD of a line. */
export function usd({ amounts }: CostLine): number {
  return Object.entries(amounts).reduce(
    (sum, [name, amount]) => sum + PRICES[name as PriceName].usd * amount,
    0,
  );
}

/** The USD of several lines. */
export function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, line) => total + usd(line), 0);
}

/** Cost of a stage in a month in which nothing happens, without the dashboard. */
export function idleCost(template: PaidTemplate): CostLine[] {
  const count = (type: string) => of(template, type).length;
  const zones = ofEach(template, 'AWS::EC2::VPCEndpoint', 'SubnetIds');
  const addresses = ofEach(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'Subnets');
  const rules = ofEach(template, 'AWS::WAFv2::WebACL', 'Rules');
  const receives = (hours.value * 3600 * ASSUMPTIONS.pollersPerQueue.value) / ASSUMPTIONS.pollSeconds.value;
  return [
    { what: 'endpoint', amounts: { endpoint: zones * hours.value } },
    {
      what: 'load balancer and its addresses',
      amounts: {
        loadBalancer: count('AWS::ElasticLoadBalancingV2::LoadBalancer') * hours.value,
        publicAddress: addresses * hours.value,
      },
    },
    { what: 'WAF', amounts: { webAcl: count('AWS::WAFv2::WebACL'), webAclRule: rules } },
    {
      what: 'key, secrets',
      amounts: { key: count('AWS::KMS::Key'), secret: count('AWS::SecretsManager::Secret') },
    },
    {
      what: 'alarms',
      amounts: {
        alarmMetric: alarmMetrics(template),
        compositeAlarm: count('AWS::CloudWatch::CompositeAlarm'),
      },
    },
    { what: 'custom metrics', amounts: { customMetric: IDLE_METRICS.length } },
    {
      what: 'polling the empty queues',
      amounts: { queueRequest: count('AWS::Lambda::EventSourceMapping') * receives },
    },
    { what: 'runs of the poller', amounts: pollerRuns(template) },
  ].filter((line) => usd(line) > 0);
}

/** Cost of a busy stage beyond an idle one. @param deliveries per month. */
export function trafficCost(deliveries: number): CostLine[] {
  const a = ASSUMPTIONS;
  const metrics = Object.values(BUSY_METRICS).reduce((total, series) => total + series, 0);
  const warmHours = a.warmFunctions.value * hours.value;
  return [
    { what: 'custom metrics', amounts: { customMetric: metrics - IDLE_METRICS.length } },
    {
      what: 'KMS, Secrets Manager',
      amounts: {
        keyRequest: warmHours * a.keyRequestsPerHour.value,
        secretRequest: warmHours * a.secretRequestsPerHour.value,
      },
    },
    { what: 'API Gateway', amounts: { apiRequest: deliveries } },
    { what: 'X-Ray', amounts: { trace: deliveries * a.tracedShare.value } },
    ...usageCost(PER_DELIVERY.day, deliveries),
  ];
}

/** Cost of polling the books of these deliveries for a month after their first day. */
export function pollingCost(deliveries: number): number {
  return sum(usageCost(PER_DELIVERY.month, deliveries)) - sum(usageCost(PER_DELIVERY.day, deliveries));
}

/** Cost of what the functions use. */
function usageCost(used: typeof PER_DELIVERY.day, deliveries: number): CostLine[] {
  const a = ASSUMPTIONS;
  const gigabytes = (deliveries * used.storedKilobytes) / KILOBYTES_PER_GIGABYTE;
  const logGigabytes =
    (deliveries * (used.logKilobytes + a.accessLogKilobytes.value)) / KILOBYTES_PER_GIGABYTE;
  const webhookSeconds = used.webhookSeconds + a.webhookCpuSeconds.value;
  const consumerSeconds = used.consumerSeconds + used.invocations * a.consumerCpuSeconds.value;
  return [
    {
      // Each batch is one request to receive and one to delete.
      what: 'SQS',
      amounts: {
        queueRequest: deliveries * (used.messages + 2 * used.invocations + used.visibilityChanges),
      },
    },
    {
      what: 'Lambda',
      amounts: {
        lambdaRequest: deliveries * (1 + used.invocations),
        lambdaSecond:
          deliveries * (webhookSeconds * WEBHOOK_GIGABYTES + consumerSeconds * CONSUMER_GIGABYTES),
      },
    },
    {
      what: 'DynamoDB: requests',
      amounts: { tableWrite: deliveries * used.writeUnits, tableRead: deliveries * used.readUnits },
    },
    {
      what: 'DynamoDB: storage, with recovery',
      amounts: { tableStorage: gigabytes, tableRecovery: gigabytes },
    },
    { what: 'S3', amounts: { bucketWrite: deliveries * used.objects } },
    { what: 'logs, masked', amounts: { logs: logGigabytes, maskedLogs: logGigabytes } },
  ].filter((line) => usd(line) > 0);
}

/** CloudWatch charges for each metric of an alarm, and for each metric of an expression. */
export function alarmMetrics(template: PaidTemplate): number {
  return of(template, 'AWS::CloudWatch::Alarm').reduce((total, { Metrics }) => {
    const queries: readonly unknown[] = Array.isArray(Metrics) ? Metrics : [{ MetricStat: true }];
    return (
      total +
      queries.filter((query) => typeof query === 'object' && query !== null && 'MetricStat' in query).length
    );
  }, 0);
}

/** Every run reads its secrets, Ocrolus's list of books and the index of due books. */
function pollerRuns(template: PaidTemplate): CostLine['amounts'] {
  const a = ASSUMPTIONS;
  const runs = of(template, 'AWS::Scheduler::Schedule').reduce((total, { ScheduleExpression }) => {
    const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(String(ScheduleExpression)) ?? [];
    return minutes === undefined ? total : total + (hours.value * 60) / Number(minutes);
  }, 0);
  const accounts = of(template, 'AWS::SecretsManager::Secret').length / 2;
  const logGigabytes = (runs * a.idlePollLogKilobytes.value) / KILOBYTES_PER_GIGABYTE;
  return {
    schedule: runs,
    lambdaRequest: runs,
    lambdaSecond: runs * a.idlePollSeconds.value * POLLER_GIGABYTES,
    trace: runs,
    secretRequest: runs * accounts,
    keyRequest: runs * accounts,
    tableRead: runs * a.idlePollReads.value,
    tableWrite: runs * a.idlePollWrites.value,
    logs: logGigabytes,
    maskedLogs: logGigabytes,
  };
}

function of({ Resources }: PaidTemplate, type: string): Readonly<Record<string, unknown>>[] {
  return Object.values(Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties = {} }) => Properties);
}

/** The total length of a list property of all resources of a type. */
function ofEach(template: PaidTemplate, type: string, property: string): number {
  return of(template, type).reduce(
    (total, { [property]: list }) => total + (Array.isArray(list) ? list.length : 0),
    0,
  );
}

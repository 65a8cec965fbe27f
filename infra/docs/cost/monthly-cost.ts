import { ASSUMPTIONS, BUSY_SERIES, IDLE_METRICS } from './assumptions.ts';
import PER_DELIVERY from './per-delivery.json' with { type: 'json' };
import { PRICES, type PriceName } from './prices.ts';

/** The part of a CloudFormation template that determines costs. */
export interface PaidTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type?: unknown; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

type Amounts = Readonly<Partial<Record<PriceName, number>>>;

/** What is paid for, with the amounts. */
export type Costs = Readonly<Record<string, Amounts>>;

const hours = ASSUMPTIONS.hours.value;
const KILOBYTES_PER_GIGABYTE = 1_000_000;
/** Memory of the webhook, the poller and a consumer. */
const GIGABYTES = 0.5;

/** Memory of the publisher. */
const PUBLISHER_GIGABYTES = 0.25;

export function usd(amounts: Amounts): number {
  return Object.entries(amounts).reduce(
    (sum, [name, amount]) => sum + PRICES[name as PriceName].usd * amount,
    0,
  );
}

export function sum(costs: Costs): number {
  return Object.values(costs).reduce((total, amounts) => total + usd(amounts), 0);
}

function withoutZeros(costs: Costs): Costs {
  return Object.fromEntries(Object.entries(costs).filter(([, amounts]) => usd(amounts) > 0));
}

/** Cost of a stage in a month in which nothing happens, without the dashboard. */
export function idleCost(template: PaidTemplate): Costs {
  const count = (type: string) => of(template, type).length;
  const balancer = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
  const receives = (hours * 3600 * ASSUMPTIONS.pollersPerQueue.value) / ASSUMPTIONS.pollSeconds.value;
  return withoutZeros({
    endpoint: { endpoint: ofEach(template, 'AWS::EC2::VPCEndpoint', 'SubnetIds') * hours },
    'load balancer and its addresses': {
      loadBalancer: count(balancer) * hours,
      publicAddress: ofEach(template, balancer, 'Subnets') * hours,
    },
    WAF: {
      webAcl: count('AWS::WAFv2::WebACL'),
      webAclRule: ofEach(template, 'AWS::WAFv2::WebACL', 'Rules'),
    },
    'key, secrets': { key: count('AWS::KMS::Key'), secret: count('AWS::SecretsManager::Secret') },
    alarms: {
      alarmMetric: alarmMetrics(template),
      compositeAlarm: count('AWS::CloudWatch::CompositeAlarm'),
    },
    'custom metrics': { customMetric: IDLE_METRICS.length },
    'polling the empty queues': { queueRequest: polledQueues(template) * receives },
    'runs of the poller': pollerRuns(template),
  });
}

/** Cost of a busy stage beyond an idle one. @param deliveries per month. */
export function trafficCost(deliveries: number): Costs {
  const a = ASSUMPTIONS;
  const warmHours = a.warmFunctions.value * hours;
  return {
    'custom metrics': { customMetric: BUSY_SERIES - IDLE_METRICS.length },
    'KMS, Secrets Manager': {
      keyRequest: warmHours * a.keyRequestsPerHour.value,
      secretRequest: warmHours * a.secretRequestsPerHour.value,
    },
    'API Gateway': { apiRequest: deliveries },
    'X-Ray': { trace: deliveries * a.tracedShare.value },
    ...usageCost(PER_DELIVERY.day, deliveries),
  };
}

/** Cost of polling the books of these deliveries for a month after their first day. */
export function pollingCost(deliveries: number): number {
  return sum(usageCost(PER_DELIVERY.month, deliveries)) - sum(usageCost(PER_DELIVERY.day, deliveries));
}

function usageCost(used: typeof PER_DELIVERY.day, deliveries: number): Costs {
  const a = ASSUMPTIONS;
  const stored = (deliveries * used.storedKilobytes) / KILOBYTES_PER_GIGABYTE;
  const logged = (deliveries * (used.logKilobytes + a.accessLogKilobytes.value)) / KILOBYTES_PER_GIGABYTE;
  const webhookSeconds = used.webhookSeconds + a.webhookCpuSeconds.value;
  const consumerSeconds = used.consumerSeconds + used.invocations * a.consumerCpuSeconds.value;
  return withoutZeros({
    // Each batch is one request to receive and one to delete.
    SQS: { queueRequest: deliveries * (used.messages + 2 * used.invocations + used.visibilityChanges) },
    Lambda: {
      lambdaRequest: deliveries * (1 + used.invocations),
      lambdaGigabyteSecond: deliveries * (webhookSeconds * GIGABYTES + consumerSeconds * GIGABYTES),
    },
    'EventBridge, and its function': {
      event: deliveries * used.events,
      lambdaRequest: deliveries * used.events,
      lambdaGigabyteSecond: deliveries * used.events * a.publisherSeconds.value * PUBLISHER_GIGABYTES,
    },
    'DynamoDB: requests': {
      tableWrite: deliveries * used.writeUnits,
      tableRead: deliveries * used.readUnits,
    },
    'DynamoDB: storage, with recovery': { tableStorage: stored, tableRecovery: stored },
    S3: { bucketWrite: deliveries * used.objects },
    'logs, masked': { logs: logged, maskedLogs: logged },
  });
}

/** Queues that Lambda polls. It reads the table's stream without charge. */
function polledQueues(template: PaidTemplate): number {
  return of(template, 'AWS::Lambda::EventSourceMapping').filter((mapping) => 'ScalingConfig' in mapping)
    .length;
}

/** CloudWatch charges for each metric of an alarm, and for each metric of an expression. */
export function alarmMetrics(template: PaidTemplate): number {
  return of(template, 'AWS::CloudWatch::Alarm').reduce((total, { Metrics }) => {
    const queries: readonly object[] = Array.isArray(Metrics) ? Metrics : [{ MetricStat: true }];
    return total + queries.filter((query) => 'MetricStat' in query).length;
  }, 0);
}

/** Every run reads its secrets, Ocrolus's list of books and the index of due books. */
function pollerRuns(template: PaidTemplate): Amounts {
  const a = ASSUMPTIONS;
  const runs = of(template, 'AWS::Scheduler::Schedule').reduce((total, { ScheduleExpression }) => {
    const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(String(ScheduleExpression)) ?? [];
    return minutes === undefined ? total : total + (hours * 60) / Number(minutes);
  }, 0);
  const accounts = of(template, 'AWS::SecretsManager::Secret').length / 2;
  const logged = (runs * a.idlePollLogKilobytes.value) / KILOBYTES_PER_GIGABYTE;
  return {
    schedule: runs,
    lambdaRequest: runs,
    lambdaGigabyteSecond: runs * a.idlePollSeconds.value * GIGABYTES,
    secretRequest: runs * accounts,
    keyRequest: runs * accounts,
    tableRead: runs * a.idlePollReads.value,
    tableWrite: runs * a.idlePollWrites.value,
    logs: logged,
    maskedLogs: logged,
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

/** A list price of AWS in us-east-1, without discounts and free tiers. */
export interface Price {
  readonly usd: number;
  readonly per: string;
  /** The page of AWS with the price. */
  readonly source: string;
  /** When the page was read: year and month. */
  readonly asOf: string;
}

const AS_OF = '2026-09';

const from = (source: string, usd: number, per: string): Price => ({ usd, per, source, asOf: AS_OF });

const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';
const LOAD_BALANCER = 'https://aws.amazon.com/elasticloadbalancing/pricing/';
const SECRETS = 'https://aws.amazon.com/secrets-manager/pricing/';
const KMS = 'https://aws.amazon.com/kms/pricing/';
const VPC = 'https://aws.amazon.com/vpc/pricing/';
const EVENTBRIDGE = 'https://aws.amazon.com/eventbridge/pricing/';
const WAF = 'https://aws.amazon.com/waf/pricing/';

/** Every price that `docs/cost.md` uses. Compare them with AWS's pages before each release. */
export const PRICES = {
  endpoint: from('https://aws.amazon.com/privatelink/pricing/', 0.01, 'zone and hour'),
  loadBalancer: from(LOAD_BALANCER, 0.0225, 'hour'),
  loadBalancerCapacity: from(LOAD_BALANCER, 0.008, 'LCU and hour'),
  publicAddress: from(VPC, 0.005, 'address and hour'),
  webAcl: from(WAF, 5, 'web ACL and month'),
  webAclRule: from(WAF, 1, 'rule and month'),
  key: from(KMS, 1, 'key and month'),
  keyRotation: from(KMS, 1, 'rotation of a key and month, of the first two only'),
  keyRequest: from(KMS, 0.03 / 10_000, 'request'),
  secret: from(SECRETS, 0.4, 'secret and month'),
  secretRequest: from(SECRETS, 0.05 / 10_000, 'request'),
  alarmMetric: from(CLOUDWATCH, 0.1, 'metric of an alarm and month'),
  compositeAlarm: from(CLOUDWATCH, 0.5, 'composite alarm and month'),
  dashboard: from(CLOUDWATCH, 3, 'dashboard and month'),
  customMetric: from(CLOUDWATCH, 0.3, 'metric and month, by the hours in which it is written'),
  logs: from(CLOUDWATCH, 0.5, 'GB written'),
  maskedLogs: from(CLOUDWATCH, 0.12, 'GB scanned by data protection'),
  trace: from('https://aws.amazon.com/xray/pricing/', 5 / 1_000_000, 'trace recorded'),
  queueRequest: from('https://aws.amazon.com/sqs/pricing/', 0.4 / 1_000_000, 'request'),
  apiRequest: from('https://aws.amazon.com/api-gateway/pricing/', 3.5 / 1_000_000, 'request'),
  lambdaRequest: from(LAMBDA, 0.2 / 1_000_000, 'request'),
  lambdaGigabyteSecond: from(LAMBDA, 0.0000133334, 'GB-second on arm64'),
  event: from(EVENTBRIDGE, 1 / 1_000_000, 'event of 64 KB'),
  schedule: from(EVENTBRIDGE, 1 / 1_000_000, 'invocation'),
  tableWrite: from(DYNAMODB, 0.625 / 1_000_000, 'write request unit'),
  tableRead: from(DYNAMODB, 0.125 / 1_000_000, 'read request unit'),
  tableStorage: from(DYNAMODB, 0.25, 'GB and month'),
  tableRecovery: from(DYNAMODB, 0.2, 'GB and month'),
  bucketStorage: from('https://aws.amazon.com/s3/pricing/', 0.023, 'GB and month'),
  bucketWrite: from('https://aws.amazon.com/s3/pricing/', 0.005 / 1000, 'PUT request'),
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

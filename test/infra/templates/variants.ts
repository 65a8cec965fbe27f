import { MAX_ACCOUNTS, type SettingsInput } from '../../../infra/config/settings.ts';
import dev from '../../../infra/stages/dev.ts';
import prod from '../../../infra/stages/prod.ts';
import { DEFAULT_RESULTS, RESULT_KINDS } from '../../../shared/checklist/kinds.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { eventsOfLevel } from '../../../shared/ocrolus/webhooks/event-names.ts';
import { ADOPTED, ALLOWLISTED, IMPORTED_VPC, PUBLIC_SUBNETS, ZONE } from '../testing/settings.ts';
import { synthesizeTemplate } from '../testing/synthesized.ts';
import type { CloudFormation } from '../testing/template.ts';

/** The longest policy that is not the default. Only such policies are in the environment of a Lambda. */
function longestPolicy(kind: ResultKind): 'always' | 'announced' {
  return DEFAULT_RESULTS[kind] === 'announced' ? 'always' : 'announced';
}

/** Every parameter, the lists at their longest that makes sense. */
const ALL_PARAMETERS = {
  includeBboxes: true,
  minDaysToInclude: 32,
  includePendingPlaidTransactions: true,
  excludeDashboardUrl: true,
  bankStatementIncomeFrom: '2026-01-01',
  bankStatementIncomeTo: '2026-12-31',
  extraFields: Array.from({ length: 30 }, (_, index) => `merchant_service_deposits_sum_${index}`),
};

/**
 * The kinds of stages. Together they contain every resource that the stack can create, so that checks of each variant
 * (cdk-nag, cfn-lint, limits, the project's own rules) cover every deployment.
 */
export const VARIANTS: Readonly<Record<string, SettingsInput>> = {
  default: { stage: 'test' },
  dev,
  prod,
  'imported-vpc': { stage: 'test', network: IMPORTED_VPC },
  'imported-vpc-private-dns': {
    stage: 'test',
    network: { vpc: { ...IMPORTED_VPC.vpc, privateDns: true } },
    security: { keyArn: ADOPTED.keyArn },
  },
  'imported-endpoint': {
    stage: 'test',
    network: { vpcEndpointId: 'vpce-0123456789abcdef0' },
  },
  allowlisted: { stage: 'test', ingress: ALLOWLISTED },
  'allowlisted-with-zone-and-waf': {
    stage: 'test',
    ingress: { ...ALLOWLISTED, ...ZONE, waf: true },
    probeMinutes: 5,
  },
  'allowlisted-in-imported-vpc': {
    stage: 'test',
    network: IMPORTED_VPC,
    ingress: { ...ALLOWLISTED, ...PUBLIC_SUBNETS },
  },
  registered: {
    stage: 'test',
    accounts: ['default', 'lending'],
    registration: { enabled: true, rotationDays: 30, url: 'https://hooks.example.com/{account}' },
  },
  'registered-for-the-organization': {
    stage: 'test',
    registration: {
      enabled: true,
      level: 'organization',
      rotationDays: 90,
      url: 'https://hooks.example.com/webhooks/default',
    },
  },
  'alarms-to-a-topic': {
    stage: 'test',
    alarms: { topicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' },
  },
  'without-alarms': { stage: 'test', alarms: { enabled: false }, dashboard: true },
  'one-zone': {
    stage: 'test',
    network: { vpc: { source: 'created', zones: 1 } },
    alarms: { enabled: false },
  },
  // The longest names, the most accounts, and every setting that is in an environment only if a stage sets it.
  largest: {
    stage: 'a-sixteen-letter',
    accounts: Array.from({ length: MAX_ACCOUNTS }, (_, index) => `${index}`.padEnd(32, 'a')),
    ocrolus: {
      audience: 'https://api.ocrolus.example/audience',
      incomeGuideline: 'FREDDIE_MAC',
      parameters: ALL_PARAMETERS,
    },
    poll: { discoverFrom: '2026-01-01' },
    results: Object.fromEntries(RESULT_KINDS.map((kind) => [kind, longestPolicy(kind)])),
    retention: { results: 3000, payloads: 180, documents: 3650 },
    webhookReservedConcurrency: 50,
    webhookDeployment: 'canary',
    dashboard: true,
    lambdaConcurrency: 1000,
    ingress: { ...ALLOWLISTED, ...ZONE, waf: true },
    registration: { enabled: true, rotationDays: 30, events: eventsOfLevel('account') },
    alarms: { emails: ['operations@example.com'], topicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' },
  },
  'adopted-storage': { stage: 'test', retention: { results: 365 }, storage: ADOPTED },
  'strict-account': {
    stage: 'test',
    readers: ['210987654321', 'arn:aws:iam::210987654321:role/lending/service'],
    events: { busArn: 'arn:aws:events:eu-west-1:123456789012:event-bus/lending' },
    tags: { owner: 'lending', 'data-class': 'restricted' },
    alarms: {
      emails: ['operations@lender.example'],
      topicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
      runbookUrl: 'https://wiki.lender.example/ocrolus-webhooks/runbook',
    },
    security: {
      permissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
      rolePath: '/applications/lending/',
      roleNamePrefix: 'lending-',
      bucketAccessLogs: { bucketName: 'logs-of-the-account' },
    },
  },
  'trial-account': {
    stage: 'test',
    events: { enabled: false },
    removalPolicy: 'destroy',
    allowUnsigned: true,
    ingress: { ...ALLOWLISTED, waf: true },
    security: { logDataProtection: false },
  },
};

export const VARIANT_NAMES = Object.keys(VARIANTS);

/** The settings of a variant. */
export function variant(name: string): SettingsInput {
  const settings = VARIANTS[name];
  if (settings === undefined) throw new Error(`no variant ${name}: ${VARIANT_NAMES.join(', ')}`);
  return settings;
}

/** The template of a variant. */
export function variantTemplate(name: string): CloudFormation {
  return { Resources: {}, ...synthesizeTemplate(variant(name)) };
}

/** The template of the default stage with other settings. */
export function templateOf(settings: Omit<SettingsInput, 'stage'>): CloudFormation {
  return { Resources: {}, ...synthesizeTemplate({ stage: 'test', ...settings }) };
}

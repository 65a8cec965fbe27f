import dev from '../../infra/config/dev.ts';
import prod from '../../infra/config/prod.ts';
import type { SettingsInput } from '../../infra/config/settings.ts';
import { ALLOWLISTED, IMPORTED_VPC, PUBLIC_SUBNETS } from './ingress/settings.ts';
import type { CloudFormation } from './rules/template.ts';
import { synthesizeTemplate } from './synthesized.ts';

/**
 * The kinds of stages. Together they contain every resource that the stack can create, so that checks of each variant
 * (cdk-nag, cfn-lint, limits, the project's own rules) cover every deployment.
 */
export const VARIANTS: Readonly<Record<string, SettingsInput>> = {
  default: { stage: 'test' },
  dev,
  prod,
  'imported-vpc': { stage: 'test', network: IMPORTED_VPC },
  'imported-vpc-private-dns': { stage: 'test', network: { vpc: { ...IMPORTED_VPC.vpc, privateDns: true } } },
  'imported-endpoint': { stage: 'test', network: { vpcEndpointId: 'vpce-0123456789abcdef0' } },
  allowlisted: { stage: 'test', ingress: ALLOWLISTED },
  'allowlisted-with-zone-and-waf': {
    stage: 'test',
    ingress: { ...ALLOWLISTED, hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com', waf: true },
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
  'without-alarms': { stage: 'test', alarms: { enabled: false }, dashboard: false },
  'one-zone': {
    stage: 'test',
    network: { vpc: { source: 'created', zones: 1 } },
    alarms: { enabled: false },
    dashboard: false,
  },
  // The longest names and the most accounts that settings allow.
  largest: {
    stage: 'a-sixteen-letter',
    accounts: Array.from({ length: 8 }, (_, index) => `${index}`.padEnd(32, 'a')),
    ocrolus: { audience: 'https://api.ocrolus.example/audience' },
    webhookReservedConcurrency: 50,
    lambdaConcurrency: 1000,
    ingress: { ...ALLOWLISTED, hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com', waf: true },
    registration: { enabled: true, rotationDays: 30 },
    alarms: { emails: ['operations@example.com'], topicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' },
  },
  'strict-account': {
    stage: 'test',
    tags: { owner: 'lending', 'data-class': 'restricted' },
    apiGatewayLogRole: false,
    alarms: {
      emails: ['operations@lender.example'],
      topicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
      runbookUrl: 'https://wiki.lender.example/ocrolus-webhooks/runbook',
    },
    security: {
      permissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
      bucketAccessLogs: { bucketName: 'logs-of-the-account' },
    },
  },
  'trial-account': {
    stage: 'test',
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

import { expect, test } from 'vitest';
import { ADOPTED, ALLOWLISTED, IMPORTED_VPC, PUBLIC_SUBNETS, ZONE } from '../testing/settings.ts';
import { faultsOf } from './faults-of.ts';

const allowlisted = (more: object) => ({ ingress: { ...ALLOWLISTED, ...more } });
const created = (more: object) => ({ network: { vpc: { source: 'created', ...more } } });
const imported = (more: object) => ({ network: { vpc: { ...IMPORTED_VPC.vpc, ...more } } });
const ENDPOINT = { vpcEndpointId: 'vpce-0123456789abcdef0' };
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alarms';

test.each<[string, object]>([
  ['an imported VPC', { network: IMPORTED_VPC, ...allowlisted(PUBLIC_SUBNETS) }],
  ['a zone', allowlisted(ZONE)],
  ['the apex of a zone', allowlisted({ ...ZONE, zoneName: ALLOWLISTED.hostName })],
  ['the smallest VPC with a load balancer', { ...created({ cidr: '10.0.0.0/25' }), ...allowlisted({}) }],
  ['private, in a smaller VPC', created({ cidr: '10.0.0.0/26' })],
  ['private, with an endpoint', { network: ENDPOINT }],
  ['a registration behind a proxy', { registration: { enabled: true, url: 'https://hooks.example.com' } }],
  ['a registration with an ingress', { registration: { enabled: true }, ...allowlisted({}) }],
  ['a table, a bucket, their stream and their key', { storage: ADOPTED }],
  ['a bucket with a key', { storage: { bucketName: ADOPTED.bucketName, keyArn: ADOPTED.keyArn } }],
  ['a rotation without a registration', { registration: { rotationDays: 30 } }],
])('%s is accepted', (_what, settings) => {
  expect(faultsOf(settings)).toEqual([]);
});

test.each<[string, object]>([
  ['(all)', []],
  ['stage', { stage: 'Test' }],
  ['accounts', { accounts: [] }],
  ['accounts', { accounts: ['default', 'default'] }],
  ['accounts.0', { accounts: ['De fault'] }],
  ['poll.requestsPerSecond', { poll: { requestsPerSecond: 30 } }],
  ['poll.discoverFrom', { poll: { discoverFrom: '2026-02-30' } }],
  ['results.incomes', { results: { incomes: 'always' } }],
  ['ledgerDays', { ledgerDays: 14 }],
  ['retention', { retention: 'short' }],
  ['retention.payloads', { retention: { payloads: 14 } }],
  ['retention.payloads', { retention: { payloads: 181 } }],
  ['retention.results', { retention: { results: 29 } }],
  ['retention.results', { retention: { results: 30 }, poll: { horizonDays: 60 } }],
  ['retention.documents', { retention: { results: 30, documents: 399 } }],
  ['retention.documents', { retention: { documents: 400 } }],
  ['retention.documents', { retention: { results: 401, documents: 400 } }],
  ['retention.names', { retention: { names: 30 } }],
  ['security.permissionsBoundary', { security: { permissionsBoundary: 'boundary' } }],
  ['security.keyArn', { security: { keyArn: ADOPTED.keyArn.replace('key/', 'alias/') } }],
  ['readers', { readers: ['210987654321'], security: { keyArn: ADOPTED.keyArn } }],
  ['security.rolePath', { security: { rolePath: 'lending' } }],
  ['security.roleNamePrefix', { security: { roleNamePrefix: 'lending/' } }],
  ['storage.tableName', { storage: { tableName: 'a table' }, events: { enabled: false } }],
  ['storage.streamArn', { storage: { tableName: 'books' } }],
  ['readers.0', { readers: ['lending'] }],
  ['readers', { readers: ['210987654321'], storage: ADOPTED }],
  ['events.busArn', { events: { busArn: 'lending' } }],
  ['storage.bucketName', { storage: { bucketName: 'Bodies' } }],
  ['storage.streamArn', { storage: { streamArn: ADOPTED.streamArn } }],
  ['storage.streamArn', { storage: { ...ADOPTED, tableName: 'books' } }],
  ['storage.streamArn', { storage: { ...ADOPTED, streamArn: `${ADOPTED.streamArn}!` } }],
  ['storage.keyArn', { storage: { keyArn: ADOPTED.keyArn } }],
  ['storage.keyArn', { storage: { ...ADOPTED, keyArn: ADOPTED.keyArn.replace('key/', 'alias/') } }],
  ['registration.events.0', { registration: { level: 'organization', events: ['BOOK_VERIFIED'] } }],
  ['registration.events.0', { registration: { events: ['book.verified'] } }],
  ['registration.level', { accounts: ['a', 'b'], registration: { level: 'organization' } }],
  ['registration.url', { accounts: ['a', 'b'], registration: { url: 'https://x.example/hook' } }],
  ['registration.url', { registration: { url: 'https://me:secret@x.example/{account}' } }],
  ['alarms.enabled', { alarms: { enabled: false, emails: ['operations@lender.example'] } }],
  ['alarms.enabled', { alarms: { enabled: false, topicArn: TOPIC } }],
  ['alarms.emails.0', { alarms: { emails: ['operations'] } }],
  ['alarms.emails', { alarms: { emails: ['operations@lender.example', 'operations@lender.example'] } }],
  ['alarms.topicArn', { alarms: { topicArn: TOPIC.replace('sns', 'sqs') } }],
  ['alarms.topicArn', { alarms: { topicArn: `${TOPIC}.fifo` } }],
  ['alarms.runbookUrl', { alarms: { runbookUrl: 'http://wiki.lender.example/runbook' } }],
  ['alarms.runbookUrl', { alarms: { runbookUrl: 'https://wiki.lender.example/runbook#top' } }],
  ['network.allowedCidrs', { network: { allowedCidrs: [] } }],
  ['network.allowedCidrs', { network: { ...ENDPOINT, allowedCidrs: ['10.0.0.0/8'] } }],
  ['network.vpcEndpointId', { ...allowlisted({}), network: ENDPOINT }],
  ['webhookDeployment', { webhookDeployment: 'canary', alarms: { enabled: false } }],
  ['probeMinutes', { network: ENDPOINT, probeMinutes: 5 }],
  ['network.vpc.cidr', created({ cidr: '10.0.0.0/28' })],
  ['network.vpc.cidr', { ...allowlisted({}), ...created({ cidr: '10.0.0.0/26' }) }],
  ['network.vpc.availabilityZones', imported({ availabilityZones: ['us-east-1a'] })],
  ['ingress.kind', { ingress: { kind: 'public' } }],
  ['ingress.hostName', { ingress: { kind: 'private', hostName: 'webhooks.example.com' } }],
  ['ingress.hostName', allowlisted({ hostName: '*.example.com' })],
  ['ingress.hostName', allowlisted({ hostName: 'https://webhooks.example.com' })],
  ['ingress.hostName', allowlisted({ ...ZONE, zoneName: 'ple.com' })],
  ['ingress.certificateArn', allowlisted({ certificateArn: 'arn:aws:iam::1:server-certificate/x' })],
  ['ingress.sourceAddresses', allowlisted({ sourceAddresses: [] })],
  ['ingress.sourceAddresses', allowlisted({ sourceAddresses: ['1.2.3.4/32', '1.2.3.4/32'] })],
  ['ingress.sourceAddresses.0', allowlisted({ sourceAddresses: ['0.0.0.0/0'] })],
  ['ingress.sourceAddresses.0', allowlisted({ sourceAddresses: ['18.205.30.63'] })],
  ['ingress.hostedZoneId', allowlisted({ zoneName: ZONE.zoneName })],
  ['ingress.zoneName', allowlisted({ hostedZoneId: ZONE.hostedZoneId })],
  ['ingress.publicSubnetIds', { ...allowlisted({}), network: IMPORTED_VPC }],
  ['ingress.publicSubnetIds', allowlisted(PUBLIC_SUBNETS)],
  [
    'ingress.publicAvailabilityZones',
    { ...allowlisted({ publicSubnetIds: PUBLIC_SUBNETS.publicSubnetIds }), network: IMPORTED_VPC },
  ],
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
  [
    'ingress.publicAvailabilityZones',
    {
      ...allowlisted({
        ...PUBLIC_SUBNETS,
        publicAvailabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1d'],
      }),
      network: IMPORTED_VPC,
    },
  ],
])('%s is refused, and nothing else (%#)', (setting, settings) => {
  expect(faultsOf(settings)).toEqual([expect.stringContaining(`  ${setting}: `)]);
});

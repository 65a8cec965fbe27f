import { expect, test } from 'vitest';
import { parseSettings, SettingsError } from '../../../infra/config/load.ts';
import { ALLOWLISTED, IMPORTED_VPC, PUBLIC_SUBNETS } from './settings.ts';

function faultsOf(settings: object): string[] {
  try {
    parseSettings({ stage: 'test', ...settings }, 'test');
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.message.split('\n').slice(1);
  }
}

test('the default is private', () => {
  expect(parseSettings({ stage: 'test' }, 'test').ingress).toEqual({ kind: 'private' });
});

test('by default, an allowlisted ingress allows the addresses that Ocrolus documents, without WAF', () => {
  expect(parseSettings({ stage: 'test', ingress: ALLOWLISTED }, 'test').ingress).toEqual({
    ...ALLOWLISTED,
    sourceAddresses: [
      '18.205.30.63/32',
      '18.208.79.114/32',
      '18.213.224.210/32',
      '18.233.250.22/32',
      '35.173.140.133/32',
      '35.174.183.80/32',
      '54.164.238.206/32',
    ],
    waf: false,
  });
});

test.each<[string, object]>([
  ['an imported VPC', { network: IMPORTED_VPC, ingress: { ...ALLOWLISTED, ...PUBLIC_SUBNETS } }],
  ['a zone', { ingress: { ...ALLOWLISTED, hostedZoneId: 'Z0123456789', zoneName: 'example.com' } }],
  [
    'the apex of a zone',
    { ingress: { ...ALLOWLISTED, hostedZoneId: 'Z1', zoneName: 'webhooks.example.com' } },
  ],
  [
    'the smallest VPC',
    { network: { vpc: { source: 'created', cidr: '10.0.0.0/25' } }, ingress: ALLOWLISTED },
  ],
  ['private, in a smaller VPC', { network: { vpc: { source: 'created', cidr: '10.0.0.0/26' } } }],
  ['private, with an endpoint', { network: { vpcEndpointId: 'vpce-0123456789abcdef0' } }],
])('%s is accepted', (_what, settings) => {
  expect(faultsOf(settings)).toEqual([]);
});

test.each<[string, object]>([
  ['ingress.kind', { ingress: { kind: 'public' } }],
  ['ingress.hostName', { ingress: { kind: 'private', hostName: 'webhooks.example.com' } }],
  ['ingress.hostName', { ingress: { ...ALLOWLISTED, hostName: '*.example.com' } }],
  ['ingress.hostName', { ingress: { ...ALLOWLISTED, hostName: 'https://webhooks.example.com' } }],
  [
    'ingress.certificateArn',
    { ingress: { ...ALLOWLISTED, certificateArn: 'arn:aws:iam::1:server-certificate/x' } },
  ],
  ['ingress.sourceAddresses', { ingress: { ...ALLOWLISTED, sourceAddresses: [] } }],
  ['ingress.sourceAddresses.0', { ingress: { ...ALLOWLISTED, sourceAddresses: ['0.0.0.0/0'] } }],
  ['ingress.sourceAddresses.0', { ingress: { ...ALLOWLISTED, sourceAddresses: ['18.205.30.63'] } }],
  ['ingress.sourceAddresses', { ingress: { ...ALLOWLISTED, sourceAddresses: ['1.2.3.4/32', '1.2.3.4/32'] } }],
  ['ingress.hostedZoneId', { ingress: { ...ALLOWLISTED, zoneName: 'example.com' } }],
  ['ingress.zoneName', { ingress: { ...ALLOWLISTED, hostedZoneId: 'Z0123456789' } }],
  ['ingress.hostName', { ingress: { ...ALLOWLISTED, hostedZoneId: 'Z1', zoneName: 'ple.com' } }],
  ['ingress.publicSubnetIds', { ingress: ALLOWLISTED, network: IMPORTED_VPC }],
  ['ingress.publicSubnetIds', { ingress: { ...ALLOWLISTED, ...PUBLIC_SUBNETS } }],
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
  [
    'ingress.publicAvailabilityZones',
    {
      ingress: {
        ...ALLOWLISTED,
        ...PUBLIC_SUBNETS,
        publicAvailabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1d'],
      },
      network: IMPORTED_VPC,
    },
  ],
  [
    'ingress.publicAvailabilityZones',
    { ingress: { ...ALLOWLISTED, publicSubnetIds: PUBLIC_SUBNETS.publicSubnetIds }, network: IMPORTED_VPC },
  ],
  ['network.allowedCidrs', { network: { allowedCidrs: [] } }],
  [
    'network.allowedCidrs',
    { network: { vpcEndpointId: 'vpce-0123456789abcdef0', allowedCidrs: ['10.0.0.0/8'] } },
  ],
  ['network.vpcEndpointId', { ingress: ALLOWLISTED, network: { vpcEndpointId: 'vpce-0123456789abcdef0' } }],
  [
    'network.vpc.cidr',
    { ingress: ALLOWLISTED, network: { vpc: { source: 'created', cidr: '10.0.0.0/26' } } },
  ],
])('%s is refused, and nothing else (%#)', (setting, settings) => {
  expect(faultsOf(settings)).toEqual([expect.stringContaining(`  ${setting}: `)]);
});

test('contradictions are reported with all other faults', () => {
  const faults = faultsOf({
    freshnessSeconds: 'soon',
    ingress: { ...ALLOWLISTED, certificateArn: 'none', zoneName: 'example.org', waf: 'yes' },
    network: { vpcEndpointId: 'vpce-0123456789abcdef0' },
  });
  const settings = faults.map((fault) => fault.trim().split(':')[0]).sort();
  expect(settings).toEqual([
    'freshnessSeconds',
    'ingress.certificateArn',
    'ingress.hostName',
    'ingress.hostedZoneId',
    'ingress.waf',
    'network.vpcEndpointId',
  ]);
});

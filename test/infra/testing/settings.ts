import type { SettingsInput } from '../../../infra/config/settings.ts';

type Ingress = NonNullable<SettingsInput['ingress']>;
type Storage = NonNullable<SettingsInput['storage']>;
type Network = NonNullable<SettingsInput['network']>;

/** An allowlisted ingress with only the required settings. */
export const ALLOWLISTED = {
  kind: 'allowlisted',
  hostName: 'webhooks.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
} as const satisfies Ingress;

/** A stage with most of what a stage can have: `npm test` asks about this template, and about that of the default stage. */
export const FULL = {
  accounts: ['default', 'lending'],
  ingress: ALLOWLISTED,
  registration: { enabled: true, rotationDays: 90 },
  allowUnsigned: true,
  probeMinutes: 5,
  dashboard: true,
} satisfies Omit<SettingsInput, 'stage'>;

/** A stage with WAF, and other limits. */
export const GUARDED = {
  ingress: { ...ALLOWLISTED, waf: true },
  throttle: { rate: 50, burst: 100 },
} satisfies Omit<SettingsInput, 'stage'>;

/** The hosted zone of its host name. */
export const ZONE = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };

/** A VPC that exists already. */
export const IMPORTED_VPC = {
  vpc: {
    source: 'imported',
    vpcId: 'vpc-0123456789abcdef0',
    cidr: '172.20.0.0/16',
    subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
    availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  },
} satisfies Network;

/** Public subnets of that VPC, one in each of its zones. */
export const PUBLIC_SUBNETS = {
  publicSubnetIds: ['subnet-0123456789abcdef8', 'subnet-0123456789abcdef9', 'subnet-0123456789abcdefa'],
  publicAvailabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
};

/** A table and a bucket that exist already, and the key that encrypts them. */
export const ADOPTED = {
  tableName: 'books-restored',
  bucketName: 'bodies-of-the-account',
  streamArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/books-restored/stream/2026-03-01T12:00:00.000',
  keyArn: 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012',
} as const satisfies Storage;

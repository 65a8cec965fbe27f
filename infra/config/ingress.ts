import * as z from 'zod';
import { flag, matching } from './values.ts';

/** Addresses from which Ocrolus sends deliveries, as documented (docs/ocrolus.md#source-addresses). */
export const OCROLUS_ADDRESSES = [
  '18.205.30.63/32',
  '18.208.79.114/32',
  '18.213.224.210/32',
  '18.233.250.22/32',
  '35.173.140.133/32',
  '35.174.183.80/32',
  '54.164.238.206/32',
] as const;

/** A wider range would allow whole networks besides Ocrolus. */
const WIDEST_PREFIX = 16;

const SourceRange = z
  .cidrv4('must be an IPv4 range such as 18.205.30.63/32')
  .refine(
    (cidr) => !(Number(cidr.split('/')[1]) < WIDEST_PREFIX),
    `must not be wider than /${WIDEST_PREFIX}: only Ocrolus should connect`,
  );

/** No wildcard: API Gateway accepts none here, and in a certificate `*` covers only one label. */
const HostName = z
  .string()
  .max(253)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'must be a host name in lower case, such as webhooks.example.com',
  );

const KIND = {
  description:
    'How Ocrolus reaches the private API. `private`: only through the endpoint, by your own path. `allowlisted`: ' +
    'through a public load balancer that admits the addresses of Ocrolus only',
  cost: '`allowlisted` adds a load balancer with public addresses: [what it costs](ingress.md#what-it-costs)',
};

const Private = z.strictObject({ kind: z.literal('private').meta(KIND) });

const Allowlisted = z.strictObject({
  kind: z.literal('allowlisted').meta(KIND),
  hostName: HostName.meta({
    description: 'The host in the URL that is registered with Ocrolus',
    cost: 'none',
  }),
  certificateArn: matching(
    /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
    'must be the ARN of a certificate in ACM, in the region of the stack',
  ).meta({
    description:
      'A certificate in ACM for `ingress.hostName`, in the account and region of the stack. `cdk synth` refuses another ' +
      'region if it has credentials, and so knows the region. Load balancer and API Gateway both present the certificate',
    cost: 'none',
  }),
  hostedZoneId: matching(/^Z[A-Z0-9]{1,31}$/, 'must be a hosted zone id such as Z0123456789ABCDEFGHIJ')
    .optional()
    .meta({
      description:
        'The public hosted zone of `ingress.hostName`, if it is in this account. The stack then creates the DNS record, and ' +
        'the deployment fails and rolls back if the zone already has a record of this name: delete that record first, or ' +
        'leave this setting out and point your record to the output `LoadBalancerDnsName`. Absent: you create the record',
      cost: 'none',
    }),
  zoneName: HostName.optional().meta({
    description: 'The name of that zone: required with `ingress.hostedZoneId`',
    cost: 'none',
  }),
  sourceAddresses: z
    .array(SourceRange)
    .min(1, 'must name at least one range, or no client could connect')
    .max(60, 'must name at most 60 ranges (the rules of a security group)')
    .refine((ranges) => new Set(ranges).size === ranges.length, 'must not name a range twice')
    .default([...OCROLUS_ADDRESSES])
    .meta({
      description: 'The addresses that may connect. The default is those from which Ocrolus sends deliveries',
      cost: 'none',
    }),
  waf: flag(false).meta({
    description: 'Whether AWS WAF inspects requests before the load balancer forwards them',
    cost: 'a web ACL with two rules, and each request: [what it costs](ingress.md#what-it-costs)',
  }),
  publicSubnetIds: z
    .array(matching(/^subnet-[0-9a-f]{8,17}$/, 'must be a subnet id such as subnet-0123456789abcdef0'))
    .min(2, 'must name subnets in at least two zones: a load balancer needs them')
    .optional()
    .meta({
      description:
        'The public subnets of the load balancer, in at least two zones: required with an imported VPC, else absent',
      cost: 'each zone has a public address',
    }),
  publicAvailabilityZones: z
    .array(z.string().min(1))
    .min(2)
    .optional()
    .meta({
      description:
        'The zones of `ingress.publicSubnetIds`, in the same order. They must include those of the endpoint: a load balancer ' +
        'sends nothing to a zone where it has no subnet',
      cost: 'none',
    }),
});

export const Ingress = z.discriminatedUnion('kind', [Private, Allowlisted]);

export type Ingress = z.output<typeof Ingress>;
export type Allowlisted = z.output<typeof Allowlisted>;

/** Settings that `checkIngress` reads. Any of them may have faults. */
interface Checked {
  readonly ingress?: Partial<Allowlisted> | Partial<z.output<typeof Private>>;
  readonly network?: {
    readonly vpcEndpointId?: unknown;
    readonly vpc?:
      | { readonly source?: unknown; readonly cidr?: unknown; readonly availabilityZones?: unknown }
      | undefined;
  };
}

/** A created VPC is divided into four subnets, and those of a load balancer need at least a /27. */
const SMALLEST_VPC_PREFIX = 25;

/** Adds a fault for each setting of `ingress` that contradicts another one or the network. */
export function checkIngress({ ingress, network }: Checked, context: z.RefinementCtx): void {
  if (ingress?.kind !== 'allowlisted') return;
  const fault = (path: readonly string[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const { hostName, hostedZoneId, zoneName, publicSubnetIds, publicAvailabilityZones } = ingress;

  if (hostedZoneId !== undefined && zoneName === undefined) {
    fault(['ingress', 'zoneName'], 'must be given with ingress.hostedZoneId');
  }
  if (zoneName !== undefined && hostedZoneId === undefined) {
    fault(['ingress', 'hostedZoneId'], 'must be given with ingress.zoneName');
  }
  if (
    typeof hostName === 'string' &&
    typeof zoneName === 'string' &&
    !`.${hostName}`.endsWith(`.${zoneName}`)
  ) {
    fault(['ingress', 'hostName'], 'must be in the zone ingress.zoneName');
  }

  if (network?.vpcEndpointId !== undefined) {
    const message =
      'must be absent with ingress.kind "allowlisted": its load balancer is in the VPC of the endpoint. ' +
      'Name that VPC in network.vpc. A VPC can have a second endpoint';
    fault(['network', 'vpcEndpointId'], message);
    return;
  }
  const { source, cidr, availabilityZones } = network?.vpc ?? {};
  if (source === 'imported' && publicSubnetIds === undefined) {
    fault(['ingress', 'publicSubnetIds'], 'must name the public subnets of the imported VPC');
  }
  if (source !== 'imported' && publicSubnetIds !== undefined) {
    fault(['ingress', 'publicSubnetIds'], 'must be absent unless network.vpc is imported');
  }
  if (publicSubnetIds?.length !== publicAvailabilityZones?.length) {
    fault(['ingress', 'publicAvailabilityZones'], 'must name one zone for each of ingress.publicSubnetIds');
  } else if (Array.isArray(publicAvailabilityZones) && Array.isArray(availabilityZones)) {
    const missing = availabilityZones.filter((zone) => !publicAvailabilityZones.includes(zone));
    if (missing.length > 0) {
      const message =
        `must include the zones of the endpoint, but lacks ${missing.join(', ')}: a load balancer sends nothing to addresses ` +
        'in a zone where it has no subnet';
      fault(['ingress', 'publicAvailabilityZones'], message);
    }
  }
  if (source === 'created' && typeof cidr === 'string' && Number(cidr.split('/')[1]) > SMALLEST_VPC_PREFIX) {
    const message = `must have a prefix of /16 to /${SMALLEST_VPC_PREFIX} with a load balancer, which needs two more subnets`;
    fault(['network', 'vpc', 'cidr'], message);
  }
}

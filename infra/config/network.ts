import * as z from 'zod';
import { DESPITE_OTHER_FAULTS } from './checks.ts';
import { flag, matching } from './values.ts';

const CIDR = z.cidrv4('must be an IPv4 range such as 10.64.0.0/24');

const SOURCE = {
  description:
    'Whether the stack creates the VPC of the endpoint or imports one. Without `network.vpc`, it creates one, unless ' +
    '`network.vpcEndpointId` names an endpoint',
  cost: 'none',
};

const CreatedVpc = z.strictObject({
  source: z.literal('created').meta(SOURCE),
  cidr: CIDR.refine((cidr) => {
    const prefix = Number(cidr.split('/')[1]);
    return prefix >= 16 && prefix <= 26;
  }, 'must have a prefix of /16 to /26')
    .default('10.64.0.0/24')
    .meta({
      description:
        'The addresses of the VPC, /16 to /26. It gets two isolated subnets, and with `ingress.kind` `allowlisted` two public ' +
        'ones, which need a /25 or larger',
      cost: 'none',
    }),
  zones: z.literal([1, 2]).default(2).meta({
    description: 'The number of zones of the endpoint. With one, no webhook arrives when that zone is down',
    cost: 'an endpoint has an hourly price in each zone',
  }),
  zoneNames: z
    .array(z.string().min(1))
    .refine((names) => names.length === 2 && new Set(names).size === 2, 'must name two zones')
    .optional()
    .meta({
      description:
        "The two zones of the VPC, such as `['us-east-1a', 'us-east-1b']`. Absent: the first two of the region. Some zones " +
        'have no `execute-api` endpoint: the deployment then fails and names the zone',
      cost: 'none',
    }),
});

const ImportedVpc = z.strictObject({
  source: z.literal('imported').meta(SOURCE),
  vpcId: matching(/^vpc-[0-9a-f]{8,17}$/, 'must be a VPC id such as vpc-0123456789abcdef0').meta({
    description: 'The VPC',
    cost: 'none',
  }),
  cidr: CIDR.meta({
    description:
      'Its addresses, which may connect to the endpoint unless `network.allowedCidrs` says otherwise',
    cost: 'none',
  }),
  subnetIds: z
    .array(matching(/^subnet-[0-9a-f]{8,17}$/, 'must be a subnet id such as subnet-0123456789abcdef0'))
    .min(1)
    .meta({
      description: 'The subnets in which the endpoint has a network interface: one per zone',
      cost: 'the endpoint has an hourly price for each of them',
    }),
  availabilityZones: z.array(z.string().min(1)).min(1).meta({
    description: 'The zones of `network.vpc.subnetIds`, in the same order',
    cost: 'none',
  }),
  privateDns: flag(false).meta({
    description:
      'Whether the names of all APIs of API Gateway resolve to the endpoint within this VPC. Other users of the VPC could ' +
      "then not reach public APIs, and the webhook's URL does not need it",
    cost: 'none',
  }),
});

export type CreatedVpc = z.output<typeof CreatedVpc>;
export type ImportedVpc = z.output<typeof ImportedVpc>;

/** The VPC of a stage that sets neither `network.vpc` nor `network.vpcEndpointId`. */
export const DEFAULT_VPC = CreatedVpc.parse({ source: 'created' });

/** The VPC and the `execute-api` interface endpoint through which the private API is reached. */
export const Network = z
  .strictObject({
    vpc: z.discriminatedUnion('source', [CreatedVpc, ImportedVpc]).optional(),
    vpcEndpointId: matching(/^vpce-[0-9a-f]{8,17}$/, 'must be an endpoint id such as vpce-0123456789abcdef0')
      .optional()
      .meta({
        description:
          'An existing `execute-api` interface endpoint; then `network.vpc` is absent, and `ingress.kind` is ' +
          '`private`. Absent: one is created in `network.vpc`',
        cost: 'an existing endpoint saves the hourly price of a second one',
      }),
    allowedCidrs: z
      .array(CIDR)
      .min(1, 'must name at least one range, or no client could connect')
      .max(
        58,
        'must name at most 58 ranges (a security group has 60 rules, two of them for load balancer and probe)',
      )
      .refine((ranges) => new Set(ranges).size === ranges.length, 'must not name a range twice')
      .optional()
      .meta({
        description:
          'Networks that may connect to a created endpoint, such as that of your proxy; at most 58 ranges. Absent: the VPC ' +
          'only',
        cost: 'none',
      }),
  })
  .superRefine(({ vpc, vpcEndpointId, allowedCidrs }, context) => {
    if (vpcEndpointId !== undefined && vpc !== undefined) {
      const message = 'must be absent when network.vpcEndpointId is given: that endpoint already has a VPC';
      context.addIssue({ code: 'custom', path: ['vpc'], message });
    }
    if (vpcEndpointId !== undefined && allowedCidrs !== undefined) {
      const message =
        'must be absent when network.vpcEndpointId is given: set the ranges in its own security groups';
      context.addIssue({ code: 'custom', path: ['allowedCidrs'], message });
    }
    if (vpc?.source === 'imported' && vpc.subnetIds?.length !== vpc.availabilityZones?.length) {
      const message = 'must name one zone for each of subnetIds';
      context.addIssue({ code: 'custom', path: ['vpc', 'availabilityZones'], message });
    }
  }, DESPITE_OTHER_FAULTS);

export type Network = z.output<typeof Network>;

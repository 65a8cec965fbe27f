import * as z from 'zod';
import { BESIDE_OTHER_FAULTS } from './faults.ts';

const CIDR = z.cidrv4('must be an IPv4 range such as 10.64.0.0/24');

/** Of the VPC that is created when nothing is said. */
export const DEFAULT_CIDR = '10.64.0.0/24';

const CreatedVpc = z.strictObject({
  source: z.literal('created'),
  /** Two isolated subnets are cut out of it, so the prefix must leave room: /16 to /26. */
  cidr: CIDR.refine((cidr) => {
    const prefix = Number(cidr.split('/')[1]);
    return prefix >= 16 && prefix <= 26;
  }, 'must have a prefix of /16 to /26').default(DEFAULT_CIDR),
});

const ImportedVpc = z.strictObject({
  source: z.literal('imported'),
  vpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'must be a VPC id such as vpc-0123456789abcdef0'),
  /** Who may talk to the endpoint. */
  cidr: CIDR,
  /** Where the endpoint gets its network interfaces, one subnet per zone. */
  subnetIds: z
    .array(
      z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be a subnet id such as subnet-0123456789abcdef0'),
    )
    .min(1),
  /** The zones of `subnetIds`, in the same order. */
  availabilityZones: z.array(z.string().min(1)).min(1),
  /**
   * Whether the endpoint takes over the name of *every* API of API Gateway within this VPC. That would cut
   * its other inhabitants off from public APIs, and the webhook's URL does not need it.
   */
  privateDns: z.boolean().default(false),
});

export type ImportedVpc = z.output<typeof ImportedVpc>;

/** Which VPC and which `execute-api` interface endpoint lead to the private API. */
export const Network = z
  .strictObject({
    /** Absent: one is created, unless `vpcEndpointId` says that there is an endpoint already. */
    vpc: z.discriminatedUnion('source', [CreatedVpc, ImportedVpc]).optional(),
    /** An `execute-api` interface endpoint that exists already. Absent: one is created in `vpc`. */
    vpcEndpointId: z
      .string()
      .regex(/^vpce-[0-9a-f]{8,17}$/, 'must be an endpoint id such as vpce-0123456789abcdef0')
      .optional(),
  })
  .superRefine(({ vpc, vpcEndpointId }, context) => {
    if (vpcEndpointId !== undefined && vpc !== undefined) {
      const message = 'must be absent when network.vpcEndpointId is given: that endpoint has its VPC already';
      context.addIssue({ code: 'custom', path: ['vpc'], message });
    }
    if (vpc?.source === 'imported' && vpc.subnetIds?.length !== vpc.availabilityZones?.length) {
      const message = 'must name one zone for each of subnetIds';
      context.addIssue({ code: 'custom', path: ['vpc', 'availabilityZones'], message });
    }
  }, BESIDE_OTHER_FAULTS);

export type Network = z.output<typeof Network>;

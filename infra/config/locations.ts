import * as z from 'zod';
import { matching } from './values.ts';

export const Aws = z.strictObject({
  account: matching(/^\d{12}$/, 'must be an AWS account of 12 digits').meta({
    description: 'The AWS account of the stage',
    cost: 'none',
  }),
  region: matching(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'must be a region such as eu-west-1').meta({
    description: 'The region of the stage',
    cost: 'none',
  }),
});

/** Settings with an ARN. Any of them may have faults. */
interface Checked {
  readonly ingress?: { readonly kind?: unknown; readonly certificateArn?: unknown };
  readonly alarms?: { readonly topicArn?: unknown };
  readonly security?: { readonly permissionsBoundary?: unknown; readonly keyArn?: unknown };
  readonly events?: { readonly busArn?: unknown };
  readonly storage?: { readonly streamArn?: unknown; readonly keyArn?: unknown };
}

/** An ARN, and the setting that has it. */
interface Located {
  readonly path: readonly [string, string];
  readonly partition: string;
  /** Empty in a global resource. */
  readonly region: string;
}

const CERTIFICATE = ['ingress', 'certificateArn'] as const;
const TOPIC = ['alarms', 'topicArn'] as const;
const BOUNDARY = ['security', 'permissionsBoundary'] as const;
const OWN_KEY = ['security', 'keyArn'] as const;
const BUS = ['events', 'busArn'] as const;
const STREAM = ['storage', 'streamArn'] as const;
const KEY = ['storage', 'keyArn'] as const;

/** The partitions whose regions have a prefix. All other regions are in `aws`. */
const PARTITIONS = { 'cn-': 'aws-cn', 'us-gov-': 'aws-us-gov', 'eusc-': 'aws-eusc' } as const;

export interface LocationFault {
  readonly path: readonly [string, string];
  readonly message: string;
}

/** Region to which the CDK CLI deploys. Without credentials, the CLI names a default region, which is ignored. */
export function regionOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = environment;
  return CDK_DEFAULT_ACCOUNT === undefined ? undefined : CDK_DEFAULT_REGION;
}

/** Adds a fault for each ARN that cannot be in the same region as the first one: one of them is wrong. */
export function checkLocations(settings: Checked, context: z.core.$RefinementCtx): void {
  const first = locatedIn(settings).find(({ region }) => region !== '');
  for (const { path, message } of locationFaults(settings, first?.region)) {
    const reason = path === first?.path ? '' : `, like ${first?.path.join('.')}`;
    context.addIssue({ code: 'custom', path: [...path], message: `${message}${reason}` });
  }
}

/** Faults of ARNs that are not in the region of the stack, or not in its partition. */
export function locationFaults(settings: Checked, region: string | undefined): LocationFault[] {
  if (region === undefined) return [];
  return locatedIn(settings).flatMap(({ path, ...arn }) => {
    if (arn.region !== '' && arn.region !== region) {
      return [{ path, message: `must be in ${region}, the region of the stack` }];
    }
    const partition = partitionOf(region);
    return arn.partition === partition ? [] : [{ path, message: `must be in the partition ${partition}` }];
  });
}

function locatedIn({ ingress, alarms, security, events, storage }: Checked): Located[] {
  const arns = [
    [CERTIFICATE, ingress?.kind === 'allowlisted' ? ingress.certificateArn : undefined],
    [TOPIC, alarms?.topicArn],
    [BOUNDARY, security?.permissionsBoundary],
    [OWN_KEY, security?.keyArn],
    [BUS, events?.busArn],
    [STREAM, storage?.streamArn],
    [KEY, storage?.keyArn],
  ] as const;
  return arns.flatMap(([path, arn]) => {
    if (typeof arn !== 'string') return [];
    const [, partition = '', , region = ''] = arn.split(':');
    return [{ path, partition, region }];
  });
}

function partitionOf(region: string): string {
  const [, partition] = Object.entries(PARTITIONS).find(([prefix]) => region.startsWith(prefix)) ?? [];
  return partition ?? 'aws';
}

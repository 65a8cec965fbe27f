import { isDeepStrictEqual } from 'node:util';
import type {
  LifecycleRule as FoundRule,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import {
  type BodyRetention,
  type LifecycleRule,
  lifecycleRules,
} from '../../shared/store/definition/lifecycle.ts';
import type { Fault } from './fault.ts';

/** What S3 answers about a bucket. */
export interface FoundBucket {
  readonly versioning: string | undefined;
  readonly encryption: readonly ServerSideEncryptionRule[];
  readonly publicAccess: PublicAccessBlockConfiguration;
  readonly lifecycle: readonly FoundRule[];
}

/** What the settings say about the bucket. The rest is its definition. */
export interface WantedBucket {
  readonly bucketName: string;
  readonly keyArn: string;
  readonly retention: BodyRetention;
}

const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

/** Compares a bucket with one that the stack would create. @param found `undefined` if it does not exist. */
export function bucketFaults(found: FoundBucket | undefined, wanted: WantedBucket): Fault[] {
  const { bucketName, keyArn } = wanted;
  if (found === undefined) {
    return [{ problem: `there is no bucket ${bucketName} in this account and region`, fix: 'aws s3 ls' }];
  }
  const faults: Fault[] = [];
  const add = (problem: string, command: string, change: string) => {
    faults.push({ problem, fix: `aws s3api ${command} --bucket ${bucketName} --${change}` });
  };
  if (found.versioning !== 'Enabled') {
    const change = 'versioning-configuration Status=Enabled';
    add('the bucket keeps no versions', 'put-bucket-versioning', change);
  }
  if (!isEncryptedWith(keyArn, found)) {
    const use = `ApplyServerSideEncryptionByDefault={SSEAlgorithm=aws:kms,KMSMasterKeyID=${keyArn}}`;
    add(
      'the bucket does not encrypt with the key of this stack or of storage.keyArn',
      'put-bucket-encryption',
      `server-side-encryption-configuration 'Rules=[{${use},BucketKeyEnabled=true}]'`,
    );
  }
  if (BLOCKS.some((block) => found.publicAccess[block] !== true)) {
    const blocks = BLOCKS.map((block) => `${block}=true`).join(',');
    add(
      'the bucket may be made public',
      'put-public-access-block',
      `public-access-block-configuration ${blocks}`,
    );
  }
  const rules = lifecycleRules(wanted.retention).map(ruleOf);
  if (!isDeepStrictEqual(removalsOf(found.lifecycle), removalsOf(rules))) {
    add(
      'the bucket keeps bodies for another time (this replaces all of its rules)',
      'put-bucket-lifecycle-configuration',
      `lifecycle-configuration 'Rules=${shorthand(rules)}'`,
    );
  }
  return faults;
}

function isEncryptedWith(keyArn: string, { encryption: [rule] }: FoundBucket): boolean {
  const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
  // S3 returns what it was given: the ARN of the key, or its id.
  return SSEAlgorithm === 'aws:kms' && (KMSMasterKeyID === keyArn || keyArn.endsWith(`/${KMSMasterKeyID}`));
}

function ruleOf({ id, prefix, ...rule }: LifecycleRule): FoundRule {
  const { expiration, versionExpiration, removesMarkers, uploadExpiration } = rule;
  return {
    ID: id,
    Status: 'Enabled',
    Filter: prefix === undefined ? {} : { Prefix: prefix },
    ...(expiration !== undefined && { Expiration: { Days: expiration } }),
    ...(removesMarkers && { Expiration: { ExpiredObjectDeleteMarker: true } }),
    ...(versionExpiration !== undefined && {
      NoncurrentVersionExpiration: { NoncurrentDays: versionExpiration },
    }),
    ...(uploadExpiration !== undefined && {
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: uploadExpiration },
    }),
  };
}

/** What rules remove, and when, in a fixed order. Rules that only move objects make no difference. */
function removalsOf(rules: readonly FoundRule[]): string[] {
  const enabled = rules.filter(({ Status }) => Status === 'Enabled');
  return enabled.flatMap(removalOf).sort();
}

function removalOf({ Prefix, Filter, Expiration, ...rule }: FoundRule): string[] {
  const removal = {
    days: Expiration?.Days,
    date: Expiration?.Date,
    markers: Expiration?.ExpiredObjectDeleteMarker || undefined,
    versions: rule.NoncurrentVersionExpiration?.NoncurrentDays,
    uploads: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  };
  if (Object.values(removal).every((part) => part === undefined)) return [];
  return [JSON.stringify({ prefix: Filter?.Prefix ?? Prefix ?? '', ...removal })];
}

/** A structure in the short form of the AWS CLI. */
function shorthand(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shorthand).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${name}=${shorthand(member)}`);
  return `{${members.join(',')}}`;
}

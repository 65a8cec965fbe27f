import { describe, expect, it } from 'vitest';
import type { FoundBucket } from '../../../functions/storage/bucket-faults.ts';
import { ADOPTED } from '../../infra/testing/settings.ts';
import { BLOCKED, bucket, check, encryption, RULES } from './testing/check.ts';

const { keyArn } = ADOPTED;
const S3 = (command: string) => `aws s3api ${command} --bucket ${ADOPTED.bucketName}`;

describe('a deployment fails, and says what to run, if the bucket', () => {
  const lifecycle = (rules: string) =>
    `${S3('put-bucket-lifecycle-configuration')} --lifecycle-configuration 'Rules=[${rules}]'`;
  const ALL_RULES = lifecycle(
    '{ID=deliveries,Status=Enabled,Filter={Prefix=deliveries/},Expiration={Days=180}},' +
      '{ID=results,Status=Enabled,Filter={Prefix=results/},Expiration={Days=368}},' +
      '{ID=leftovers,Status=Enabled,Filter={},Expiration={ExpiredObjectDeleteMarker=true},' +
      'NoncurrentVersionExpiration={NoncurrentDays=30},AbortIncompleteMultipartUpload={DaysAfterInitiation=1}}',
  );
  const ENCRYPT =
    `${S3('put-bucket-encryption')} --server-side-encryption-configuration ` +
    `'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=aws:kms,KMSMasterKeyID=${keyArn}},BucketKeyEnabled=true}]'`;

  it.each<[string, FoundBucket | undefined, string]>([
    ['does not exist', undefined, 'aws s3 ls'],
    [
      'keeps no versions',
      bucket({ versioning: 'Suspended' }),
      `${S3('put-bucket-versioning')} --versioning-configuration Status=Enabled`,
    ],
    ['has another key', bucket({ encryption: encryption(`${keyArn}9`) }), ENCRYPT],
    ['has the key of S3', bucket({ encryption: encryption(keyArn, 'AES256') }), ENCRYPT],
    [
      'may be made public',
      bucket({ publicAccess: { ...BLOCKED, BlockPublicPolicy: false } }),
      `${S3('put-public-access-block')} --public-access-block-configuration ` +
        'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true',
    ],
    ['has no lifecycle rules', bucket({ lifecycle: [] }), ALL_RULES],
    [
      'has rules that are off',
      bucket({ lifecycle: RULES.map((rule) => ({ ...rule, Status: 'Disabled' })) }),
      ALL_RULES,
    ],
    [
      'has a rule that removes bodies too early',
      bucket({ lifecycle: [...RULES, { Status: 'Enabled', Filter: {}, Expiration: { Days: 7 } }] }),
      ALL_RULES,
    ],
  ])('%s', async (_, body, fix) => {
    const { told, faults } = await check({ body });
    expect(told.Status).toBe('FAILED');
    expect(faults).toEqual([expect.stringMatching(/^\S.*: \S/)]);
    expect(faults[0]?.endsWith(`: ${fix}`), faults[0]).toBe(true);
  });

  it.each<[string, FoundBucket]>([
    ['names its key by the id', bucket({ encryption: encryption(keyArn.split('/')[1] ?? '') })],
    [
      'moves objects to a cheaper class',
      bucket({
        lifecycle: [...RULES, { Status: 'Enabled', Transitions: [{ Days: 90, StorageClass: 'GLACIER_IR' }] }],
      }),
    ],
  ])('but not if it %s', async (_, body) => {
    expect((await check({ body })).told.Status).toBe('SUCCESS');
  });
});

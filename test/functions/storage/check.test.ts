import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FoundBucket } from '../../../functions/storage/bucket-faults.ts';
import { onCustomResource } from '../../../functions/storage/check.ts';
import type { FoundTable } from '../../../functions/storage/table-faults.ts';
import { MAX_ANSWER } from '../../../shared/custom-resource/answer.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import { ADOPTED } from '../../infra/testing/settings.ts';
import { fakeFetch } from '../../shared/ocrolus/testing/fake-fetch.ts';

const { keyArn, streamArn, tableName } = ADOPTED;
const PROPERTIES = { ...ADOPTED, isProtected: 'true', deliveryDays: '180', resultDays: '368' };

const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
const INDEX: NonNullable<FoundTable['table']['GlobalSecondaryIndexes']>[number] = {
  IndexName: 'due',
  IndexStatus: 'ACTIVE',
  KeySchema: [key('dueShard', 'HASH'), key('dueAt', 'RANGE')],
  Projection: { ProjectionType: 'KEYS_ONLY' },
};

/** A table as the stack creates it, with other answers of DescribeTable. */
function table(changed: Partial<FoundTable['table']> = {}, more: Partial<FoundTable> = {}): FoundTable {
  return {
    table: {
      TableStatus: 'ACTIVE',
      KeySchema: [key('bookId', 'HASH'), key('item', 'RANGE')],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      LatestStreamArn: streamArn,
      GlobalSecondaryIndexes: [INDEX],
      SSEDescription: { KMSMasterKeyArn: keyArn },
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: true,
      ...changed,
    },
    timeToLive: { status: 'ENABLED', attribute: 'expiresAt' },
    isRecoverable: true,
    ...more,
  };
}

const RULES: FoundBucket['lifecycle'] = [
  { ID: '1', Status: 'Enabled', Filter: { Prefix: 'results/' }, Expiration: { Days: 368 } },
  { ID: '2', Status: 'Enabled', Prefix: 'deliveries/', Expiration: { Days: 180 } },
  {
    ID: '3',
    Status: 'Enabled',
    Filter: {},
    Expiration: { ExpiredObjectDeleteMarker: true },
    NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  },
];
const BLOCKED = {
  ...{ BlockPublicAcls: true, IgnorePublicAcls: true },
  ...{ BlockPublicPolicy: true, RestrictPublicBuckets: true },
};

function encryption(id: string, algorithm: 'aws:kms' | 'AES256' = 'aws:kms') {
  return [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: id } }];
}

/** A bucket as the stack creates it. */
function bucket(changed: Partial<FoundBucket> = {}): FoundBucket {
  return {
    versioning: 'Enabled',
    encryption: encryption(keyArn),
    publicAccess: BLOCKED,
    lifecycle: RULES,
    ...changed,
  };
}

interface Circumstances {
  readonly found?: FoundTable | undefined | Error;
  readonly body?: FoundBucket | undefined;
  readonly request?: object;
}

/** @returns what CloudFormation is told, and what is logged. */
async function check(circumstances: Circumstances = {}) {
  const { found, body, request } = { found: table(), body: bucket(), ...circumstances };
  const lines: string[] = [];
  const fake = fakeFetch(() => new Response(''));
  await onCustomResource(
    {
      ...{ RequestType: 'Create', ResponseURL: 'https://cloudformation.example/answer' },
      StackId: `arn:aws:cloudformation:us-east-1:123456789012:stack/ocrolus-webhooks-prod/${randomUUID()}`,
      ...{ RequestId: randomUUID(), LogicalResourceId: 'StorageCheck445bceb6CD2F62BD' },
      ResourceProperties: PROPERTIES,
      ...request,
    },
    {
      inspectTable: async () => {
        if (found instanceof Error) throw found;
        return found;
      },
      inspectBucket: async () => body,
      log: createLog({ write: (line) => lines.push(line) }),
      send: fake.send,
    },
  );
  const [sent] = fake.sent;
  const told: { Status: string; Reason?: string } = JSON.parse(sent?.body ?? '');
  const [, ...faults] = told.Reason?.split('\n') ?? [];
  return { told, faults, lines, bytes: Buffer.byteLength(sent?.body ?? '') };
}

const UPDATE = `aws dynamodb update-table --table-name ${tableName}`;
const READY = `aws dynamodb wait table-exists --table-name ${tableName}`;
const STREAM = `${UPDATE} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES && ${READY}`;
const TIME_TO_LIVE = `aws dynamodb update-time-to-live --table-name ${tableName} --time-to-live-specification`;
const CREATE_INDEX =
  `${UPDATE} --attribute-definitions AttributeName=dueShard,AttributeType=S AttributeName=dueAt,AttributeType=S ` +
  "--global-secondary-index-updates 'Create={IndexName=due,KeySchema=[{AttributeName=dueShard,KeyType=HASH}," +
  `{AttributeName=dueAt,KeyType=RANGE}],Projection={ProjectionType=KEYS_ONLY}}' && ${READY}`;
const S3 = (command: string) => `aws s3api ${command} --bucket ${ADOPTED.bucketName}`;

it('accepts a table and a bucket that are like those of the stack', async () => {
  expect((await check()).told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'adopted-storage' });
});

describe('a deployment fails, and says what to run, if the table', () => {
  it.each<[string, FoundTable | undefined, string]>([
    ['does not exist', undefined, 'aws dynamodb list-tables'],
    ['has other keys', table({ KeySchema: [key('id', 'HASH')] }), 'set storage.tableName to another table'],
    ['is being restored', table({ TableStatus: 'CREATING' }), READY],
    ['has no stream', table({ StreamSpecification: undefined }), STREAM],
    [
      'has a stream of another view type',
      table({ StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }),
      `${UPDATE} --stream-specification StreamEnabled=false && ${READY} && ${STREAM}`,
    ],
    [
      'has another stream than the one that services read',
      table({ LatestStreamArn: `${streamArn}1` }),
      `set storage.streamArn to ${streamArn}1`,
    ],
    [
      'has no time to live',
      table({}, { timeToLive: { status: 'DISABLED', attribute: undefined } }),
      `${TIME_TO_LIVE} Enabled=true,AttributeName=expiresAt`,
    ],
    [
      'has its time to live in another attribute',
      table({}, { timeToLive: { status: 'ENABLED', attribute: 'ttl' } }),
      `${TIME_TO_LIVE} Enabled=false,AttributeName=ttl, and an hour later ` +
        `${TIME_TO_LIVE} Enabled=true,AttributeName=expiresAt`,
    ],
    ['has no index', table({ GlobalSecondaryIndexes: undefined }), CREATE_INDEX],
    [
      'has an index with other keys',
      table({ GlobalSecondaryIndexes: [{ ...INDEX, KeySchema: [key('dueAt', 'HASH')] }] }),
      `${UPDATE} --global-secondary-index-updates 'Delete={IndexName=due}' && ${READY} && ${CREATE_INDEX}`,
    ],
    [
      'has an index with another projection',
      table({ GlobalSecondaryIndexes: [{ ...INDEX, Projection: { ProjectionType: 'ALL' } }] }),
      `${UPDATE} --global-secondary-index-updates 'Delete={IndexName=due}' && ${READY} && ${CREATE_INDEX}`,
    ],
    [
      'has an index that is not ready',
      table({ GlobalSecondaryIndexes: [{ ...INDEX, IndexStatus: 'CREATING' }] }),
      `wait until it is ACTIVE: aws dynamodb describe-table --table-name ${tableName} ` +
        "--query 'Table.GlobalSecondaryIndexes[].IndexStatus'",
    ],
    [
      'has no point-in-time recovery',
      table({}, { isRecoverable: false }),
      `aws dynamodb update-continuous-backups --table-name ${tableName} ` +
        '--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true',
    ],
    [
      'has another key',
      table({ SSEDescription: { KMSMasterKeyArn: `${keyArn}9` } }),
      `${UPDATE} --sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=${keyArn} && ${READY}`,
    ],
    [
      'has a fixed capacity',
      table({ BillingModeSummary: undefined }),
      `${UPDATE} --billing-mode PAY_PER_REQUEST && ${READY}`,
    ],
    [
      'can be deleted by accident',
      table({ DeletionProtectionEnabled: false }),
      `${UPDATE} --deletion-protection-enabled && ${READY}`,
    ],
  ])('%s', async (_, found, fix) => {
    const { told, faults } = await check({ found });
    expect(told.Status).toBe('FAILED');
    expect(faults).toEqual([expect.stringMatching(/^\S.*: \S/)]);
    expect(faults[0]?.endsWith(`: ${fix}`), faults[0]).toBe(true);
  });

  it('cannot be read, with the error', async () => {
    const { told, lines } = await check({ found: new Error('AccessDenied') });
    expect(told).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('AccessDenied') });
    expect(lines).toEqual([expect.stringContaining('adopted storage not checked')]);
  });
});

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

it('lists every fault in one answer that CloudFormation can read, and logs each', async () => {
  const { told, faults, lines, bytes } = await check({
    found: {
      table: { TableStatus: 'ACTIVE', KeySchema: table().table.KeySchema },
      timeToLive: { status: 'DISABLED', attribute: undefined },
      isRecoverable: false,
    },
    body: { versioning: undefined, encryption: [], publicAccess: {}, lifecycle: [] },
  });
  expect(told.Status).toBe('FAILED');
  expect(lines).toHaveLength(11);
  expect(faults).toHaveLength(lines.length);
  expect(faults.at(-1)).toMatch(/'$/);
  expect(bytes).toBeLessThanOrEqual(MAX_ANSWER);
});

it('checks only what the settings name, and no protection of a trial stage', async () => {
  const { told } = await check({
    found: table({ DeletionProtectionEnabled: false }),
    body: undefined,
    request: { ResourceProperties: { tableName, keyArn, isProtected: 'false', deliveryDays: '180' } },
  });
  expect(told.Status).toBe('SUCCESS');
});

it('removes nothing, and never blocks the deletion of the stack', async () => {
  const request = { RequestType: 'Delete', PhysicalResourceId: 'as-before' };
  const { told } = await check({ found: undefined, body: undefined, request });
  expect(told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'as-before' });
});

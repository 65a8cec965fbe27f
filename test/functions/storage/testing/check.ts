import { randomUUID } from 'node:crypto';
import type { FoundBucket } from '../../../../functions/storage/bucket-faults.ts';
import { onCustomResource } from '../../../../functions/storage/check.ts';
import type { FoundTable } from '../../../../functions/storage/table-faults.ts';
import { createLog } from '../../../../shared/telemetry/log.ts';
import { ADOPTED } from '../../../infra/testing/settings.ts';
import { fakeFetch } from '../../../shared/ocrolus/testing/fake-fetch.ts';

const { keyArn, streamArn } = ADOPTED;
const PROPERTIES = { ...ADOPTED, isProtected: 'true', deliveryDays: '180', resultDays: '368' };

export const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
export const attribute = (AttributeName: string, AttributeType: 'S' | 'N' = 'S') => ({
  AttributeName,
  AttributeType,
});
export const INDEX: NonNullable<FoundTable['table']['GlobalSecondaryIndexes']>[number] = {
  IndexName: 'due',
  IndexStatus: 'ACTIVE',
  KeySchema: [key('dueShard', 'HASH'), key('dueAt', 'RANGE')],
  Projection: { ProjectionType: 'KEYS_ONLY' },
};

/** A table as the stack creates it, with other answers of DescribeTable. */
export function table(
  changed: Partial<FoundTable['table']> = {},
  more: Partial<FoundTable> = {},
): FoundTable {
  return {
    table: {
      TableStatus: 'ACTIVE',
      AttributeDefinitions: ['bookId', 'item', 'dueShard', 'dueAt'].map((name) => attribute(name)),
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

export const RULES: FoundBucket['lifecycle'] = [
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
export const BLOCKED = {
  ...{ BlockPublicAcls: true, IgnorePublicAcls: true },
  ...{ BlockPublicPolicy: true, RestrictPublicBuckets: true },
};

export function encryption(id: string, algorithm: 'aws:kms' | 'AES256' = 'aws:kms') {
  return [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: id } }];
}

/** A bucket as the stack creates it. */
export function bucket(changed: Partial<FoundBucket> = {}): FoundBucket {
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
  /** Why the data must not be used. */
  readonly refusal?: string;
}

/** @returns what CloudFormation is told, and what is logged. */
export async function check(circumstances: Circumstances = {}) {
  const { found, body, request, refusal } = { found: table(), body: bucket(), ...circumstances };
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
      claimData: async () => refusal,
      log: createLog({ write: (line) => lines.push(line) }),
      send: fake.send,
    },
  );
  const [sent] = fake.sent;
  const told: { Status: string; Reason?: string } = JSON.parse(sent?.body ?? '');
  const [, ...faults] = told.Reason?.split('\n') ?? [];
  return { told, faults, lines, bytes: Buffer.byteLength(sent?.body ?? '') };
}

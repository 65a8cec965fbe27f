import { describe, expect, it } from 'vitest';
import type { FoundTable } from '../../../functions/storage/table-faults.ts';
import { ADOPTED } from '../../infra/testing/settings.ts';
import { attribute, check, INDEX, key, table } from './testing/check.ts';

const { keyArn, streamArn, tableName } = ADOPTED;
const UPDATE = `aws dynamodb update-table --table-name ${tableName}`;
const READY = `aws dynamodb wait table-exists --table-name ${tableName}`;
const STREAM = `${UPDATE} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES && ${READY}`;
const TIME_TO_LIVE = `aws dynamodb update-time-to-live --table-name ${tableName} --time-to-live-specification`;
const CREATE_INDEX =
  `${UPDATE} --attribute-definitions AttributeName=dueShard,AttributeType=S AttributeName=dueAt,AttributeType=S ` +
  "--global-secondary-index-updates 'Create={IndexName=due,KeySchema=[{AttributeName=dueShard,KeyType=HASH}," +
  `{AttributeName=dueAt,KeyType=RANGE}],Projection={ProjectionType=KEYS_ONLY}}' && ${READY}`;

describe('a deployment fails, and says what to run, if the table', () => {
  it.each<[string, FoundTable | undefined, string]>([
    ['does not exist', undefined, 'aws dynamodb list-tables'],
    ['has other keys', table({ KeySchema: [key('id', 'HASH')] }), 'set storage.tableName to another table'],
    [
      'has a key that is a number',
      table({ AttributeDefinitions: [attribute('bookId', 'N'), attribute('item')] }),
      'set storage.tableName to another table',
    ],
    [
      'has an index whose key is a number',
      table({
        AttributeDefinitions: [
          ...['bookId', 'item', 'dueShard'].map((name) => attribute(name)),
          attribute('dueAt', 'N'),
        ],
      }),
      `${UPDATE} --global-secondary-index-updates 'Delete={IndexName=due}' && ${READY} && ${CREATE_INDEX}`,
    ],
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
    expect(lines).toEqual([expect.stringContaining('storage not checked')]);
  });
});

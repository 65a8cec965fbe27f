import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import {
  DynamoDBClient,
  RestoreTableToPointInTimeCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onCustomResource } from '../../functions/storage/check.ts';
import { inspectBucket, inspectTable } from '../../functions/storage/inspect.ts';
import { createLog } from '../../shared/telemetry/log.ts';
import { onlyResource, synthesizeStack } from '../infra/testing/synthesized.ts';
import { fakeFetch } from '../shared/ocrolus/testing/fake-fetch.ts';
import { type Moto, motoIsInstalled, startMoto } from './moto.ts';

const ACCOUNT = '123456789012';
const RESTORED = 'books-restored';
const NEW_BUCKET = 'bodies-restored';

/** The commands of a reason are run with the AWS CLI, which is no dependency of the project either. */
const isPossible = motoIsInstalled() && spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!isPossible)('in an emulated account that has lost its table and its bucket', () => {
  let moto: Moto;
  let dynamodb: DynamoDBClient;
  let s3: S3Client;
  let keyArn: string;
  /** Requests to DynamoDB, in their order. */
  const asked: string[] = [];

  beforeAll(async () => {
    moto = await startMoto();
    const template = synthesizeStack();
    const [tableId, table] = onlyResource(template, 'AWS::DynamoDB::Table');
    const [keyId, key] = onlyResource(template, 'AWS::KMS::Key');
    const { resources } = await moto.deploy('stage', { Resources: { [tableId]: table, [keyId]: key } });
    keyArn = `arn:aws:kms:us-east-1:${ACCOUNT}:key/${resources.get(keyId)?.id}`;
    dynamodb = new DynamoDBClient(moto.client);
    s3 = new S3Client({ ...moto.client, forcePathStyle: true });
    await dynamodb.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: resources.get(tableId)?.id,
        TargetTableName: RESTORED,
        UseLatestRestorableTime: true,
      }),
    );
    await s3.send(new CreateBucketCommand({ Bucket: NEW_BUCKET }));
    dynamodb.middlewareStack.add(
      (next, context) => async (args) => {
        asked.push(`${context.commandName} ${JSON.stringify(args.input)}`);
        return next(args);
      },
      { step: 'initialize' },
    );
  }, 60_000);
  afterAll(async () => {
    dynamodb.destroy();
    s3.destroy();
    await moto.stop();
  });

  /** @returns the faults that CloudFormation is told. */
  async function faultsOf(): Promise<string[]> {
    const fake = fakeFetch(() => new Response(''));
    const storage = { tableName: RESTORED, bucketName: NEW_BUCKET, keyArn };
    await onCustomResource(
      {
        ...{ RequestType: 'Create', ResponseURL: 'https://cloudformation.example/answer', StackId: 'stack' },
        ...{ RequestId: 'request', LogicalResourceId: 'Check' },
        ResourceProperties: { ...storage, isProtected: 'true', deliveryDays: '180', resultDays: '368' },
      },
      {
        inspectTable: (tableName) => inspectTable(dynamodb, tableName),
        claimData: async () => undefined,
        inspectBucket: (bucketName) => inspectBucket(s3, bucketName, ACCOUNT),
        log: createLog({ write: () => {} }),
        send: fake.send,
      },
    );
    const { Status, Reason = '' } = JSON.parse(fake.sent[0]?.body ?? '');
    return Status === 'SUCCESS' ? [] : Reason.split('\n').slice(1);
  }

  test('a restored table and a new bucket are refused, until what the refusal says has been run', async () => {
    const faults = await faultsOf();
    const problems = faults.map((fault) => fault.split(': ')[0]);
    expect(problems).toEqual([
      'the table has no stream',
      'the table has no time to live',
      'the table has no point-in-time recovery',
      'the table is not encrypted with the key of this stack or of storage.keyArn',
      'the table has a fixed capacity',
      'the table can be deleted by accident',
      'the bucket keeps no versions',
      'the bucket does not encrypt with the key of this stack or of storage.keyArn',
      'the bucket may be made public',
      'the bucket keeps bodies for another time (this replaces all of its rules)',
    ]);
    await run(faults.map((fault) => fault.slice(fault.indexOf(': ') + 2)));
    // The emulator's UpdateTable and RestoreTableToPointInTime know no keys.
    const ofKey = faults.filter((fault) => fault.startsWith('the table is not encrypted'));
    expect(await faultsOf()).toEqual(ofKey);
    const TableName = JSON.stringify({ TableName: RESTORED });
    const once = ['DescribeTable', 'DescribeTimeToLive', 'DescribeContinuousBackups'];
    expect(asked).toEqual([...once, ...once].map((operation) => `${operation}Command ${TableName}`));
  }, 120_000);

  test('an index that is missing is made by the command of the refusal', async () => {
    const Delete = { IndexName: 'due' };
    await dynamodb.send(
      new UpdateTableCommand({ TableName: RESTORED, GlobalSecondaryIndexUpdates: [{ Delete }] }),
    );
    const ofIndex = async () => (await faultsOf()).filter((fault) => fault.includes(' index '));
    const [fault = ''] = await ofIndex();
    expect(fault).toMatch(/^the table has no index due: /);
    await run([fault.slice(fault.indexOf(': ') + 2)]);
    expect(await ofIndex()).toEqual([]);
  }, 60_000);

  /** Runs commands as an operator would. */
  async function run(commands: readonly string[]): Promise<void> {
    const { endpoint, region, credentials } = moto.client;
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    for (const command of commands) await promisify(execFile)('sh', ['-c', command], { env });
  }
});

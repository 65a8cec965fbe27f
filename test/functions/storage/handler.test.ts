import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ADOPTED } from '../../infra/testing/settings.ts';
import { fakeFetch } from '../../shared/ocrolus/testing/fake-fetch.ts';
import { type AwsServer, startAwsServer } from '../../shared/testing/aws-server.ts';

const RESPONSE_URL = 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/answer';
const ACCOUNT = '210987654321';
const { tableName, bucketName } = ADOPTED;
const TABLE = {
  Table: {
    TableStatus: 'ACTIVE',
    AttributeDefinitions: ['bookId', 'item'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'bookId', KeyType: 'HASH' },
      { AttributeName: 'item', KeyType: 'RANGE' },
    ],
  },
};

/** The errors of AWS, by the operation or the query of a request. */
let errors: Readonly<Record<string, string>>;
let aws: AwsServer;
let handle: (ResponseURL: string) => Promise<void>;

beforeAll(async () => {
  aws = await startAwsServer(({ path = '', headers }) => {
    const target = String(headers['x-amz-target'] ?? '').split('.')[1];
    if (target !== undefined) {
      const error = errors[target];
      const body = JSON.stringify(error === undefined ? TABLE : { __type: `com.amazonaws#${error}` });
      return { status: error === undefined ? 200 : 400, body };
    }
    const code = Object.entries(errors).find(([query]) => path.endsWith(`?${query}=`))?.[1];
    const body = code === undefined ? '<Answer/>' : `<Error><Code>${code}</Code></Error>`;
    return { status: code === undefined ? 200 : 404, body, headers: { 'content-type': 'application/xml' } };
  });
  // The handler writes its log to standard output.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const { handler } = await import('../../../functions/storage/handler.ts');
  vi.stubEnv('STAGE', 'test');
  vi.stubEnv('DATA_TABLE', tableName);
  handle = async (ResponseURL) => {
    const event = {
      ...{ RequestType: 'Create', ResponseURL, StackId: 'stack', RequestId: 'request' },
      LogicalResourceId: 'Check',
      ResourceProperties: { ...ADOPTED, isProtected: 'true', deliveryDays: '180' },
    };
    const invokedFunctionArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:storage`;
    await handler(event, Object.assign(Object.create(null), { invokedFunctionArn }), () => {});
  };
});
afterAll(async () => {
  vi.restoreAllMocks();
  await aws.close();
});
beforeEach(() => {
  aws.received.length = 0;
  errors = {};
});
afterEach(() => vi.unstubAllGlobals());

/** @returns what CloudFormation was told. */
async function reason(): Promise<string> {
  const fake = fakeFetch(() => new Response(''));
  vi.stubGlobal('fetch', fake.send);
  await handle(RESPONSE_URL);
  expect(fake.sent.map(({ url }) => url)).toEqual([RESPONSE_URL]);
  return JSON.parse(fake.sent[0]?.body ?? '').Reason;
}

/** Requests in their order: an operation on the table, or a query on the bucket. */
const asked = () =>
  aws.received.map(({ method, path, headers, body }) =>
    headers['x-amz-target'] === undefined
      ? `${method} ${path} of ${headers['x-amz-expected-bucket-owner']}`
      : `${headers['x-amz-target']} ${body}`,
  );

it('asks only for what it may read, of this table, and of a bucket of its own account', async () => {
  errors = {
    encryption: 'ServerSideEncryptionConfigurationNotFoundError',
    publicAccessBlock: 'NoSuchPublicAccessBlockConfiguration',
    lifecycle: 'NoSuchLifecycleConfiguration',
  };
  const reasons = await reason();
  expect(reasons).toContain('the table has no stream');
  expect(reasons).toContain('the bucket may be made public');
  expect(asked()).toEqual([
    ...['DescribeTable', 'DescribeTimeToLive', 'DescribeContinuousBackups'].map(
      (operation) => `DynamoDB_20120810.${operation} {"TableName":"${tableName}"}`,
    ),
    ...['versioning', 'encryption', 'publicAccessBlock', 'lifecycle'].map(
      (query) => `GET /${bucketName}/?${query}= of ${ACCOUNT}`,
    ),
  ]);
});

it('says that there is no such table, and no such bucket', async () => {
  errors = { DescribeTable: 'ResourceNotFoundException', versioning: 'NoSuchBucket' };
  const reasons = await reason();
  expect(reasons).toContain(`there is no table ${tableName}`);
  expect(reasons).toContain(`there is no bucket ${bucketName}`);
});

it('fails the deployment if it may not read the table', async () => {
  errors = { DescribeTable: 'AccessDeniedException' };
  expect(await reason()).toMatch(/could not be read: AccessDeniedException/);
});

it('refuses a request that wants its answer elsewhere', async () => {
  await expect(handle('https://attacker.example/answer')).rejects.toThrow('not of CloudFormation');
  expect(aws.received).toEqual([]);
});

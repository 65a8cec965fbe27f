import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../../infra/functions.ts';
import { CHANNELS, LOOK_CHANNEL } from '../../../shared/events/channels.ts';
import { FULL } from '../testing/settings.ts';
import {
  lambdaOf,
  onlyResource,
  queueNamed,
  resources,
  STAGE,
  statementsOf,
  synthesizeStack,
} from '../testing/synthesized.ts';

const template = synthesizeStack(FULL);
const [tableId] = onlyResource(template, 'AWS::DynamoDB::Table');
const bucketId = resources(template, 'AWS::S3::Bucket').find(([id]) => id.startsWith('Bodies'))?.[0] ?? '';
const publisherQueueId =
  resources(template, 'AWS::SQS::Queue').find(([id]) => id.startsWith('Publisher'))?.[0] ?? '';

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const queueArn = (name: string) => arn(queueNamed(template, `ocrolus-${STAGE}-${name}`)[0]);
const below = (id: string, path: string) => ({ 'Fn::Join': ['', [arn(id), path]] });
const secrets = (kind: string) => {
  return resources(template, 'AWS::SecretsManager::Secret')
    .filter(([, { Properties }]) => Properties.Name.endsWith(`/${kind}`))
    .map(([id]) => ({ Ref: id }));
};

const TABLE = [arn(tableId)];
const STREAM = [{ 'Fn::GetAtt': [tableId, 'StreamArn'] }];
const DUE = below(tableId, '/index/due');
const DELIVERIES = below(bucketId, '/deliveries/*');
const RESULTS = below(bucketId, '/results/*');
const WEBHOOK_SECRETS = secrets('webhook');
const CREDENTIALS = secrets('credentials');

/** Permissions in the services with borrowers' data: action → resources. */
type Permissions = Readonly<Record<string, readonly unknown[]>>;

/** What reads and writes the table, without `Scan`, whose cost grows with the number of all books. */
const USE_OF_TABLE: Permissions = {
  'dynamodb:GetItem': TABLE,
  'dynamodb:Query': TABLE,
  'dynamodb:PutItem': TABLE,
  'dynamodb:UpdateItem': TABLE,
  'dynamodb:DeleteItem': TABLE,
};

/** Uses its own queue and no other. It reads deliveries and results, writes results only, and reads no webhook secret. */
const consumer = (channel: string): Permissions => ({
  ...USE_OF_TABLE,
  'sqs:ReceiveMessage': [queueArn(channel)],
  'sqs:DeleteMessage': [queueArn(channel)],
  'sqs:ChangeMessageVisibility': [queueArn(channel)],
  'sqs:GetQueueAttributes': [queueArn(channel)],
  'sqs:SendMessage': [queueArn(channel)],
  's3:GetObject': [DELIVERIES, RESULTS],
  's3:PutObject': [RESULTS],
  's3:AbortMultipartUpload': [RESULTS],
  'secretsmanager:GetSecretValue': CREDENTIALS,
});

const PERMISSIONS: Readonly<Record<string, Permissions>> = {
  ...Object.fromEntries(CHANNELS.map((channel) => [channel, consumer(channel)])),
  // Sends to every queue and to no DLQ, writes deliveries, and knows neither the table nor API credentials.
  webhook: {
    'sqs:SendMessage': CHANNELS.map(queueArn),
    's3:PutObject': [DELIVERIES],
    'secretsmanager:GetSecretValue': WEBHOOK_SECRETS,
  },
  // Hands books over through one queue, and receives from none. It deletes the bodies of forgotten books with all versions,
  // and neither reads nor writes them.
  poller: {
    ...USE_OF_TABLE,
    'dynamodb:Query': [...TABLE, DUE],
    'sqs:SendMessage': [queueArn(LOOK_CHANNEL)],
    'sqs:GetQueueAttributes': [queueArn(LOOK_CHANNEL)],
    's3:ListBucketVersions': [arn(bucketId)],
    's3:DeleteObjectVersion': [RESULTS, DELIVERIES],
    'secretsmanager:GetSecretValue': CREDENTIALS,
  },
  // Reads changes, and neither the table nor the bucket.
  publisher: {
    'dynamodb:DescribeStream': STREAM,
    'dynamodb:GetRecords': STREAM,
    'dynamodb:GetShardIterator': STREAM,
    'dynamodb:ListStreams': [below(tableId, '/stream/*')],
    'sqs:SendMessage': [arn(publisherQueueId)],
  },
  // Notes the version of the data.
  storage: { 'dynamodb:GetItem': TABLE, 'dynamodb:PutItem': TABLE },
  registration: { 'secretsmanager:GetSecretValue': [...CREDENTIALS, ...WEBHOOK_SECRETS] },
  // Writes no API credentials.
  rotation: {
    'secretsmanager:GetSecretValue': [...CREDENTIALS, ...WEBHOOK_SECRETS],
    'secretsmanager:PutSecretValue': WEBHOOK_SECRETS,
    'secretsmanager:UpdateSecretVersionStage': WEBHOOK_SECRETS,
  },
};

const SERVICES = ['dynamodb', 's3', 'sqs', 'secretsmanager'];

/** Sorted, because CDK has another order of resources. */
const sorted = (permissions: Permissions) =>
  Object.fromEntries(
    Object.entries(permissions).map(([action, on]) => [action, on.map((one) => JSON.stringify(one)).sort()]),
  );

describe.each([...FUNCTION_NAMES, 'probe'])('the role of %s', (name) => {
  const lambda = lambdaOf(template, name);
  const may = statementsOf(template, lambda);

  test('allows exactly what the function needs of queues, table, bucket and secrets', () => {
    const allowed: Record<string, unknown[]> = {};
    for (const { Effect, Action, Resource } of may) {
      expect(Effect).toBe('Allow');
      for (const action of Action.filter((action) => SERVICES.includes(action.split(':')[0] ?? ''))) {
        allowed[action] = [...(allowed[action] ?? []), ...Resource];
      }
    }
    expect(sorted(allowed)).toEqual(sorted(PERMISSIONS[name] ?? {}));
  });

  test('has no managed policy of AWS, and can use the key through the services only', () => {
    const role = template.findResources('AWS::IAM::Role')[lambda[1].Properties.Role['Fn::GetAtt'][0]];
    expect(role?.Properties).not.toHaveProperty('ManagedPolicyArns');
    for (const { Action, Condition } of may) {
      if (!Action.some((action) => action.startsWith('kms:'))) continue;
      expect(Object.keys(Condition?.StringEquals ?? {})).toEqual(['kms:ViaService']);
    }
  });
});

test('the poller lists the versions of bodies only', () => {
  const may = statementsOf(template, lambdaOf(template, 'poller'));
  const list = may.find(({ Action }) => Action.includes('s3:ListBucketVersions'));
  expect(list?.Condition).toEqual({ StringLike: { 's3:prefix': ['results/*', 'deliveries/*'] } });
});

import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { CHANNELS, LOOK_CHANNEL } from '../../shared/events/channels.ts';
import {
  lambdaOf,
  onlyResource,
  queueNamed,
  resources,
  STAGE,
  statementsOf,
  synthesizeStack,
} from './synthesized.ts';

const template = synthesizeStack({ accounts: ['default', 'lending'] });
const [tableId] = onlyResource(template, 'AWS::DynamoDB::Table');
const [bucketId] = onlyResource(template, 'AWS::S3::Bucket');

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const queueArn = (name: string) => arn(queueNamed(template, `ocrolus-${STAGE}-${name}`)[0]);
const objects = (prefix: string) => ({ 'Fn::Join': ['', [arn(bucketId), `/${prefix}/*`]] });
const secrets = (kind: string) => {
  return resources(template, 'AWS::SecretsManager::Secret')
    .filter(([, { Properties }]) => Properties.Name.endsWith(`/${kind}`))
    .map(([id]) => ({ Ref: id }));
};

/** The permissions of a function in a service: action → resources. */
function allowed(name: string, service: string): Record<string, unknown[]> {
  const found: Record<string, unknown[]> = {};
  for (const { Effect, Action, Resource } of statementsOf(template, lambdaOf(template, name))) {
    expect(Effect).toBe('Allow');
    for (const action of Action.filter((action) => action.startsWith(`${service}:`))) {
      found[action] = [...(found[action] ?? []), ...Resource];
    }
  }
  return found;
}

/** Sorted, because CDK has another order of resources. */
const sorted = (values: unknown[] = []) => values.map((value) => JSON.stringify(value)).sort();

describe.each(CHANNELS)('the consumer of %s', (channel) => {
  test('can use its own queue and no other', () => {
    const own = [queueArn(channel)];
    expect(allowed(channel, 'sqs')).toEqual({
      'sqs:ReceiveMessage': own,
      'sqs:DeleteMessage': own,
      'sqs:ChangeMessageVisibility': own,
      'sqs:GetQueueAttributes': own,
      'sqs:SendMessage': own,
    });
  });

  test('reads and writes items of the table, and cannot scan it', () => {
    const table = [arn(tableId)];
    expect(allowed(channel, 'dynamodb')).toEqual({
      'dynamodb:GetItem': table,
      'dynamodb:Query': table,
      'dynamodb:PutItem': table,
      'dynamodb:UpdateItem': table,
      'dynamodb:DeleteItem': table,
    });
  });

  test('reads deliveries and results, and writes results only', () => {
    expect(allowed(channel, 's3')).toEqual({
      's3:GetObject': [objects('deliveries'), objects('results')],
      's3:PutObject': [objects('results')],
      's3:AbortMultipartUpload': [objects('results')],
    });
  });

  test('reads the API credentials, and no webhook secret', () => {
    const { 'secretsmanager:GetSecretValue': read, ...others } = allowed(channel, 'secretsmanager');
    expect(sorted(read)).toEqual(sorted(secrets('credentials')));
    expect(others).toEqual({});
  });
});

describe('the webhook', () => {
  test('sends to every queue, and to no DLQ', () => {
    const { 'sqs:SendMessage': send, ...others } = allowed('webhook', 'sqs');
    expect(sorted(send)).toEqual(sorted(CHANNELS.map(queueArn)));
    expect(others).toEqual({});
  });

  test('writes deliveries, and has no access to the table', () => {
    expect(allowed('webhook', 's3')).toEqual({ 's3:PutObject': [objects('deliveries')] });
    expect(allowed('webhook', 'dynamodb')).toEqual({});
  });

  test('reads the webhook secrets, and no API credentials', () => {
    const { 'secretsmanager:GetSecretValue': read, ...others } = allowed('webhook', 'secretsmanager');
    expect(sorted(read)).toEqual(sorted(secrets('webhook')));
    expect(others).toEqual({});
  });
});

describe('the poller', () => {
  test('sends to the queue through which books are handed over, reads its depth, and receives from none', () => {
    const queue = [queueArn(LOOK_CHANNEL)];
    expect(allowed('poller', 'sqs')).toEqual({ 'sqs:SendMessage': queue, 'sqs:GetQueueAttributes': queue });
  });

  test('queries the index of due books, and cannot scan', () => {
    const actions = allowed('poller', 'dynamodb');
    expect(actions['dynamodb:Query']).toContainEqual({ 'Fn::Join': ['', [arn(tableId), '/index/due']] });
    expect(actions).not.toHaveProperty('dynamodb:Scan');
  });

  test('deletes bodies with all their versions, for forgotten books, and neither reads nor writes them', () => {
    const both = sorted([objects('results'), objects('deliveries')]);
    const { 's3:DeleteObjectVersion': deleted, ...others } = allowed('poller', 's3');
    expect(sorted(deleted)).toEqual(both);
    expect(others).toEqual({ 's3:ListBucketVersions': [arn(bucketId)] });
    const [list] = statementsOf(template, lambdaOf(template, 'poller')).filter(({ Action }) =>
      Action.includes('s3:ListBucketVersions'),
    );
    expect(list?.Condition).toEqual({ StringLike: { 's3:prefix': ['results/*', 'deliveries/*'] } });
  });
});

describe('registration and rotation', () => {
  const both = sorted([...secrets('credentials'), ...secrets('webhook')]);

  test('registration reads secrets, and writes none', () => {
    const { 'secretsmanager:GetSecretValue': read, ...others } = allowed('registration', 'secretsmanager');
    expect(sorted(read)).toEqual(both);
    expect(others).toEqual({});
  });

  test('rotation writes webhook secrets, and no API credentials', () => {
    const { 'secretsmanager:GetSecretValue': read, ...others } = allowed('rotation', 'secretsmanager');
    expect(sorted(read)).toEqual(both);
    expect(Object.keys(others).sort()).toEqual([
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ]);
    for (const written of Object.values(others)) expect(sorted(written)).toEqual(sorted(secrets('webhook')));
  });

  test.each(['registration', 'rotation'])('%s has no access to table, bucket and queues', (name) => {
    for (const service of ['dynamodb', 's3', 'sqs']) expect(allowed(name, service)).toEqual({});
  });
});

describe.each(FUNCTION_NAMES)('the role of %s', (name) => {
  const lambda = lambdaOf(template, name);
  const may = statementsOf(template, lambda);

  test('names every resource, except for X-Ray, which does not support single resources', () => {
    const everywhere = may.filter(({ Resource }) => JSON.stringify(Resource).includes('"*"'));
    expect(everywhere.flatMap(({ Action }) => Action)).toEqual([
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('names every action, and has no managed policy of AWS', () => {
    const loose = may.flatMap(({ Action }) => Action).filter((action) => /^\*|:\*/.test(action));
    expect(loose).toEqual([]);
    const role = resources(template, 'AWS::IAM::Role').find(
      ([id]) => id === lambda[1].Properties.Role['Fn::GetAtt'][0],
    );
    expect(role?.[1].Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('can use the key through the services only', () => {
    for (const { Condition } of may.filter(({ Action }) =>
      Action.some((action) => action.startsWith('kms:')),
    )) {
      expect(Object.keys(Condition?.StringEquals ?? {})).toEqual(['kms:ViaService']);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { onlyResource, resources, statements, synthesizeStack } from './synthesized.ts';

const template = synthesizeStack({ accounts: ['default', 'lending'], ledgerDays: 90, logRetentionDays: 30 });
const [keyId, key] = onlyResource(template, 'AWS::KMS::Key');
const keyArn = { 'Fn::GetAtt': [keyId, 'Arn'] };

describe('the table', () => {
  const [, { Properties: table }] = onlyResource(template, 'AWS::DynamoDB::Table');

  test('has the keys, the time to live and the stream that readers rely on', () => {
    expect(table).toMatchObject({
      KeySchema: [
        { AttributeName: 'bookId', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(
      table.AttributeDefinitions.every(
        ({ AttributeType }: { AttributeType: string }) => AttributeType === 'S',
      ),
    ).toBe(true);
  });

  test('can be restored to any second of the last 35 days', () => {
    expect(table.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
  });

  test('is encrypted with the key, and cannot be deleted by accident', () => {
    expect(table.SSESpecification).toMatchObject({
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: keyArn,
    });
    expect(table.DeletionProtectionEnabled).toBe(true);
  });

  test('has the sparse index of due items, with their keys only', () => {
    expect(table.GlobalSecondaryIndexes).toHaveLength(1);
    const [index] = table.GlobalSecondaryIndexes;
    expect(index).toMatchObject({
      IndexName: 'due',
      KeySchema: [
        { AttributeName: 'dueShard', KeyType: 'HASH' },
        { AttributeName: 'dueAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
    expect(index.Projection).not.toHaveProperty('NonKeyAttributes');
  });
});

describe('the bucket', () => {
  const [, { Properties: bucket }] = onlyResource(template, 'AWS::S3::Bucket');

  test('is encrypted with the key, closed to the public and to plain HTTP', () => {
    expect(bucket.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn },
      },
    ]);
    expect(Object.values(bucket.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    const [, policy] = onlyResource(template, 'AWS::S3::BucketPolicy');
    expect(statements(policy.Properties.PolicyDocument)).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  test('keeps deliveries as long as the ledger, and results permanently', () => {
    const expiring = bucket.LifecycleConfiguration.Rules.filter((rule: object) => 'ExpirationInDays' in rule);
    expect(expiring).toEqual([expect.objectContaining({ Prefix: 'deliveries/', ExpirationInDays: 90 })]);
  });

  test('keeps both for as long as the stage sets, and results until no item points to them', () => {
    const limited = synthesizeStack({ retention: { results: 365, payloads: 60, documents: 730 } });
    const [, { Properties }] = onlyResource(limited, 'AWS::S3::Bucket');
    const rules: Record<string, unknown>[] = Properties.LifecycleConfiguration.Rules;
    expect(rules.filter((rule) => 'ExpirationInDays' in rule)).toEqual([
      expect.objectContaining({ Prefix: 'deliveries/', ExpirationInDays: 60 }),
      expect.objectContaining({ Prefix: 'results/', ExpirationInDays: 368 }),
    ]);
  });

  test('keeps earlier versions for 30 days, and no delete marker without them', () => {
    expect(bucket.LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({
        ExpiredObjectDeleteMarker: true,
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      }),
    );
  });
});

describe('the secrets', () => {
  const secrets = resources(template, 'AWS::SecretsManager::Secret').map(([, { Properties }]) => Properties);

  test('are two for each account, with fixed names', () => {
    expect(secrets.map(({ Name }) => Name).sort()).toEqual([
      'ocrolus/test/default/credentials',
      'ocrolus/test/default/webhook',
      'ocrolus/test/lending/credentials',
      'ocrolus/test/lending/webhook',
    ]);
  });

  test('are encrypted with the key, and generated: no value is in the template', () => {
    for (const secret of secrets) {
      expect(secret.KmsKeyId).toEqual(keyArn);
      expect(secret).not.toHaveProperty('SecretString');
    }
  });

  test('a webhook secret is one that Ocrolus accepts', () => {
    const webhook = secrets.find(({ Name }) => Name === 'ocrolus/test/default/webhook');
    expect(webhook?.GenerateSecretString).toEqual({
      SecretStringTemplate: '{"basic":[]}',
      GenerateStringKey: 'current',
      PasswordLength: 64,
      ExcludePunctuation: true,
    });
  });
});

test('the key rotates, and allows CloudWatch Logs to encrypt the logs of this account only', () => {
  expect(key.Properties.EnableKeyRotation).toBe(true);
  const logs = statements(key.Properties.KeyPolicy).filter(({ Principal }) =>
    JSON.stringify(Principal).includes('logs.'),
  );
  expect(logs).toHaveLength(1);
  expect(JSON.stringify(logs[0]?.Condition)).toMatch(/kms:EncryptionContext:aws:logs:arn.*"AWS::AccountId"/);
});

test('every log group is encrypted and expires', () => {
  const groups = resources(template, 'AWS::Logs::LogGroup');
  expect(groups.length).toBeGreaterThanOrEqual(FUNCTION_NAMES.length);
  for (const [, { Properties }] of groups) {
    expect(Properties).toMatchObject({ KmsKeyId: keyArn, RetentionInDays: 30 });
  }
});

describe('when the stack is deleted', () => {
  const KEPT = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::SQS::Queue'];

  test.each(KEPT)('%s is retained', (type) => {
    for (const [, resource] of resources(template, type)) expect(resource.DeletionPolicy).toMatch(/^Retain/);
  });

  test('queues are deleted if the first deployment fails, because the second needs their names', () => {
    for (const [, resource] of resources(template, 'AWS::SQS::Queue')) {
      expect(resource.DeletionPolicy).toBe('RetainExceptOnCreate');
    }
  });

  test('secrets are deleted with their account, which may be added again under the same name', () => {
    for (const [, resource] of resources(template, 'AWS::SecretsManager::Secret')) {
      expect(resource.DeletionPolicy).toBe('Delete');
    }
  });

  test('everything is deleted, if the stage sets it', () => {
    const destroyed = synthesizeStack({ removalPolicy: 'destroy' });
    for (const type of KEPT) {
      for (const [, resource] of resources(destroyed, type)) expect(resource.DeletionPolicy).toBe('Delete');
    }
    expect(onlyResource(destroyed, 'AWS::DynamoDB::Table')[1].Properties.DeletionProtectionEnabled).toBe(
      false,
    );
  });
});

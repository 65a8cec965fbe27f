import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../../infra/functions.ts';
import { onlyResource, resources, statements, synthesizeStack } from '../testing/synthesized.ts';

const template = synthesizeStack({ accounts: ['default', 'lending'], ledgerDays: 90, logRetentionDays: 30 });
const [keyId, key] = onlyResource(template, 'AWS::KMS::Key');
const keyArn = { 'Fn::GetAtt': [keyId, 'Arn'] };

describe('the table', () => {
  const [, { Properties: table }] = onlyResource(template, 'AWS::DynamoDB::Table');

  test('is encrypted, cannot be deleted by accident, and can be restored to any second of the last 35 days', () => {
    expect(table).toMatchObject({
      SSESpecification: { SSEEnabled: true, KMSMasterKeyId: keyArn },
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});

describe('the bucket', () => {
  const expiring = (from: ReturnType<typeof synthesizeStack>): object[] => {
    const [, { Properties }] = onlyResource(from, 'AWS::S3::Bucket');
    return Properties.LifecycleConfiguration.Rules.filter((rule: object) => 'ExpirationInDays' in rule);
  };

  test('keeps deliveries as long as the ledger, and results permanently', () => {
    expect(expiring(template)).toMatchObject([{ Prefix: 'deliveries/', ExpirationInDays: 90 }]);
  });

  test('keeps both for as long as the stage sets, and results until no item points to them', () => {
    const limited = synthesizeStack({ retention: { results: 365, payloads: 60, documents: 730 } });
    expect(expiring(limited)).toMatchObject([
      { Prefix: 'deliveries/', ExpirationInDays: 60 },
      { Prefix: 'results/', ExpirationInDays: 368 },
    ]);
  });
});

describe('the secrets', () => {
  const secrets = resources(template, 'AWS::SecretsManager::Secret').map(([, { Properties }]) => Properties);

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
  const DATA = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::SQS::Queue'];

  test.each<[string, string | RegExp]>([
    ...DATA.map((type): [string, RegExp] => [type, /^Retain/]),
    // A second deployment needs the names of queues, and of the secrets of an account that is added again.
    ['AWS::SQS::Queue', 'RetainExceptOnCreate'],
    ['AWS::SecretsManager::Secret', 'Delete'],
  ])('%s has the policy %s', (type, policy) => {
    for (const [, { DeletionPolicy }] of resources(template, type)) expect(DeletionPolicy).toMatch(policy);
  });

  test('everything is deleted, if the stage sets it', () => {
    const destroyed = synthesizeStack({ removalPolicy: 'destroy' });
    for (const type of DATA) {
      for (const [, resource] of resources(destroyed, type)) expect(resource.DeletionPolicy).toBe('Delete');
    }
    const [, table] = onlyResource(destroyed, 'AWS::DynamoDB::Table');
    expect(table.Properties.DeletionProtectionEnabled).toBe(false);
  });
});

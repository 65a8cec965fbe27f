import { expect, test } from 'vitest';
import { ADOPTED } from '../../testing/settings.ts';
import { onlyResource, resources, synthesizeStack } from '../../testing/synthesized.ts';

const DATA = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::SQS::Queue'];

const adopting = (tableName: string) =>
  synthesizeStack({ storage: { tableName }, events: { enabled: false } });

test.each<[object, object[]]>([
  [{ ledgerDays: 365 }, [{ Prefix: 'deliveries/', ExpirationInDays: 365 }]],
  [
    { retention: { results: 365, payloads: 90, documents: 730 } },
    [
      { Prefix: 'deliveries/', ExpirationInDays: 90 },
      // Until no item points to them.
      { Prefix: 'results/', ExpirationInDays: 368 },
    ],
  ],
])('with %j, the bucket keeps bodies for as long as the items that point to them', (settings, expected) => {
  const [, { Properties }] = onlyResource(synthesizeStack(settings), 'AWS::S3::Bucket');
  const rules: object[] = Properties.LifecycleConfiguration.Rules;
  expect(rules.filter((rule) => 'ExpirationInDays' in rule)).toMatchObject(expected);
});

test('every log group expires after the days that a stage sets', () => {
  const groups = resources(synthesizeStack({ logRetentionDays: 365 }), 'AWS::Logs::LogGroup');
  expect(new Set(groups.map(([, { Properties }]) => Properties.RetentionInDays))).toEqual(new Set([365]));
});

test('everything is deleted with the stack, if the stage sets it', () => {
  const destroyed = synthesizeStack({ removalPolicy: 'destroy' });
  for (const type of DATA) {
    for (const [, resource] of resources(destroyed, type)) expect(resource.DeletionPolicy).toBe('Delete');
  }
  const [, table] = onlyResource(destroyed, 'AWS::DynamoDB::Table');
  expect(table.Properties.DeletionProtectionEnabled).toBe(false);
});

test('an adopted table is encrypted with the key of the stack, if the settings name no other', () => {
  const own = adopting(ADOPTED.tableName);
  const [, { Properties }] = onlyResource(own, 'Custom::AdoptedStorage');
  expect(Properties.keyArn).toEqual({ 'Fn::GetAtt': [onlyResource(own, 'AWS::KMS::Key')[0], 'Arn'] });
  expect(Properties).not.toHaveProperty('bucketName');
  expect(resources(own, 'AWS::S3::Bucket')).toHaveLength(1);
});

test('another table is another check, so that a rollback does not check the former one, which may be lost', () => {
  const idOf = (tableName: string) => onlyResource(adopting(tableName), 'Custom::AdoptedStorage')[0];
  expect(idOf('books-2')).not.toBe(idOf('books2'));
});

test('another table has another index of the ledger, even if their names differ by a dash only', () => {
  const idOf = (tableName: string) =>
    onlyResource(adopting(tableName), 'AWS::CloudFormation::WaitConditionHandle')[0];
  expect(new Set(['books-2', 'books2', 'books.2'].map(idOf)).size).toBe(3);
});

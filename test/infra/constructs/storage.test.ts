import { expect, test } from 'vitest';
import { onlyResource, resources, synthesizeStack } from '../testing/synthesized.ts';

const DATA = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::SQS::Queue'];

test.each<[object, object[]]>([
  [{ ledgerDays: 90 }, [{ Prefix: 'deliveries/', ExpirationInDays: 90 }]],
  [
    { retention: { results: 365, payloads: 60, documents: 730 } },
    [
      { Prefix: 'deliveries/', ExpirationInDays: 60 },
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
  const groups = resources(synthesizeStack({ logRetentionDays: 30 }), 'AWS::Logs::LogGroup');
  expect(new Set(groups.map(([, { Properties }]) => Properties.RetentionInDays))).toEqual(new Set([30]));
});

test('everything is deleted with the stack, if the stage sets it', () => {
  const destroyed = synthesizeStack({ removalPolicy: 'destroy' });
  for (const type of DATA) {
    for (const [, resource] of resources(destroyed, type)) expect(resource.DeletionPolicy).toBe('Delete');
  }
  const [, table] = onlyResource(destroyed, 'AWS::DynamoDB::Table');
  expect(table.Properties.DeletionProtectionEnabled).toBe(false);
});

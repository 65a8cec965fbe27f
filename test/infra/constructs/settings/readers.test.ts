import { expect, test } from 'vitest';
import { onlyResource, resources, synthesizeStack } from '../../testing/synthesized.ts';

const ROLE = 'arn:aws:iam::210987654321:role/lending';

/** Statements of the policies of table, bucket and key, for principals that the settings name. */
function statementsFor(readers: string[]) {
  const template = synthesizeStack({ readers });
  const [, table] = onlyResource(template, 'AWS::DynamoDB::Table');
  const [, key] = onlyResource(template, 'AWS::KMS::Key');
  const policies = [
    table.Properties.ResourcePolicy?.PolicyDocument,
    ...resources(template, 'AWS::S3::BucketPolicy').map(([, { Properties }]) => Properties.PolicyDocument),
    key.Properties.KeyPolicy,
  ];
  const all: { Principal: unknown }[] = policies.flatMap((policy) => policy?.Statement ?? []);
  return all.filter(({ Principal }) => JSON.stringify(Principal).includes('210987654321'));
}

test('readers of any account may read the table and results, and decrypt both, and nothing else', () => {
  const [onTable, onBucket, onKey, ...others] = statementsFor(['210987654321', ROLE]);
  expect(others).toEqual([]);
  for (const one of [onTable, onBucket, onKey]) {
    const principals = JSON.stringify(one?.Principal);
    expect(principals).toContain(':iam::210987654321:root');
    expect(principals).toContain(ROLE);
  }
  expect(onTable).toMatchObject({
    ...{ Effect: 'Allow', Resource: '*' },
    Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  });
  expect(onBucket).toMatchObject({ Effect: 'Allow', Action: 's3:GetObject' });
  expect(JSON.stringify(Object(onBucket).Resource)).toContain('/results/*');
  expect(onKey).toMatchObject({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' });
  expect(JSON.stringify(Object(onKey).Condition)).toMatch(/kms:ViaService.*dynamodb\..*s3\./);
});

test('without readers, no other account is in a policy', () => {
  expect(statementsFor([])).toEqual([]);
  const [, table] = onlyResource(synthesizeStack({}), 'AWS::DynamoDB::Table');
  expect(table.Properties).not.toHaveProperty('ResourcePolicy');
});

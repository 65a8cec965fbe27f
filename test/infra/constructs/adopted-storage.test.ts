import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { ADOPTED } from '../testing/settings.ts';
import { lambdaOf, onlyResource, resources, statementsOf, synthesizeStack } from '../testing/synthesized.ts';

const template = synthesizeStack({ retention: { results: 365 }, storage: ADOPTED });
const text = (value: unknown) => JSON.stringify(value);
const [checkId, check] = onlyResource(template, 'Custom::AdoptedStorage');
const STACK_KEY = { 'Fn::GetAtt': [onlyResource(template, 'AWS::KMS::Key')[0], 'Arn'] };

describe('a stage that adopts a table and a bucket', () => {
  test('creates neither', () => {
    expect(resources(template, 'AWS::DynamoDB::Table')).toEqual([]);
    expect(resources(template, 'AWS::S3::Bucket')).toEqual([]);
    const { TableName, BucketName } = template.toJSON().Outputs;
    expect([TableName.Value, BucketName.Value]).toEqual([ADOPTED.tableName, ADOPTED.bucketName]);
  });

  test.each(['webhook', 'poller', ...CHANNELS])('does not change %s before the check', (name) => {
    const [, { Properties, DependsOn }] = lambdaOf(template, name);
    expect(DependsOn).toContain(checkId);
    expect(Properties.Environment.Variables.BUCKET_NAME).toBe(ADOPTED.bucketName);
    const used = name === 'webhook' ? undefined : ADOPTED.tableName;
    expect(Properties.Environment.Variables.TABLE_NAME).toBe(used);
  });

  test('checks what the settings name, with the retention of the stage', () => {
    expect(check.Properties).toMatchObject({
      ...ADOPTED,
      isProtected: 'true',
      deliveryDays: '180',
      resultDays: '368',
    });
  });

  test('checks with a function that may only read the settings of this table and this bucket', () => {
    const [, lambda] = resources(template, 'AWS::Lambda::Function').find(
      ([id]) => id === check.Properties.ServiceToken['Fn::GetAtt'][0],
    ) ?? ['', undefined];
    if (lambda === undefined) throw new Error('the check has no function');
    const granted = statementsOf(template, ['', lambda]).filter(({ Action }) =>
      /^(dynamodb|s3):/.test(Action[0] ?? ''),
    );
    expect(granted.map(({ Action }) => Action)).toEqual([
      ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable', 'dynamodb:DescribeTimeToLive'],
      [
        's3:GetBucketPublicAccessBlock',
        's3:GetBucketVersioning',
        's3:GetEncryptionConfiguration',
        's3:GetLifecycleConfiguration',
      ],
    ]);
    expect(text(granted[0]?.Resource)).toMatch(/:table\/books-restored"\]\]\}\]$/);
    expect(text(granted[1]?.Resource)).toMatch(/:s3:::bodies-of-the-account"\]\]\}\]$/);
  });

  test.each(['poller', CHANNELS[0]])(
    'lets %s use the key of the table, through DynamoDB and S3 only',
    (name) => {
      const uses = statementsOf(template, lambdaOf(template, name)).filter(({ Action }) =>
        Action.includes('kms:Decrypt'),
      );
      const withKey = uses.filter(({ Resource }) => Resource.includes(ADOPTED.keyArn));
      expect(withKey.length).toBeGreaterThan(0);
      for (const { Resource, Condition } of uses) {
        const isOfStorage = /(dynamodb|s3)\./.test(text(Condition));
        expect(Resource.includes(ADOPTED.keyArn)).toBe(isOfStorage);
        expect(Resource).toContainEqual(STACK_KEY);
      }
    },
  );
});

test('an adopted table is encrypted with the key of the stack, if the settings name no other', () => {
  const own = synthesizeStack({ storage: { tableName: ADOPTED.tableName } });
  const [, { Properties }] = onlyResource(own, 'Custom::AdoptedStorage');
  expect(Properties.keyArn).toEqual({ 'Fn::GetAtt': [onlyResource(own, 'AWS::KMS::Key')[0], 'Arn'] });
  expect(Properties).not.toHaveProperty('bucketName');
  expect(resources(own, 'AWS::S3::Bucket')).toHaveLength(1);
});

test('another table is another check: a rollback does not check the former one, which may be lost', () => {
  const idOf = (tableName: string) =>
    onlyResource(synthesizeStack({ storage: { tableName } }), 'Custom::AdoptedStorage')[0];
  expect(idOf('books-1')).not.toBe(idOf('books-2'));
  expect(idOf('books-1')).toBe(idOf('books-1'));
});

test('another table has another index of the ledger, even if their names differ by a dash only', () => {
  const idOf = (tableName: string) =>
    onlyResource(synthesizeStack({ storage: { tableName } }), 'AWS::CloudFormation::WaitConditionHandle')[0];
  expect(new Set(['books-2', 'books2', 'books.2'].map(idOf)).size).toBe(3);
  expect(idOf('books-2')).toBe(idOf('books-2'));
});

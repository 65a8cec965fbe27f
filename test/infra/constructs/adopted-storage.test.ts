import { expect, test } from 'vitest';
import { ADOPTED } from '../testing/settings.ts';
import { onlyResource, resources, synthesizeStack } from '../testing/synthesized.ts';

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

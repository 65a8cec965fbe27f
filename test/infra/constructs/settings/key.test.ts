import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ADOPTED } from '../../testing/settings.ts';
import { onlyResource, resources, synthesizeStack } from '../../testing/synthesized.ts';

const { keyArn } = ADOPTED;
const alarms = { emails: ['operations@example.com'] };

test('a key of the account encrypts everything, and the stack makes none', () => {
  const template = synthesizeStack({ alarms, security: { keyArn } });
  expect(resources(template, 'AWS::KMS::Key')).toEqual([]);
  expect(resources(template, 'AWS::KMS::Alias')).toEqual([]);
  const text = JSON.stringify(template.toJSON());
  const encrypted = [
    'AWS::SQS::Queue',
    'AWS::Logs::LogGroup',
    'AWS::SecretsManager::Secret',
    'AWS::SNS::Topic',
  ];
  for (const type of [...encrypted, 'AWS::S3::Bucket', 'AWS::DynamoDB::Table'])
    for (const [id, { Properties }] of resources(template, type))
      expect(JSON.stringify(Properties), id).toMatch(/12345678-1234-1234-1234-123456789012|AWSLogs|VPC flow/);
  expect(text).not.toContain('EncryptionKey514CDF8F');
});

test('the documented policy has what the stack gives a key of its own', () => {
  const [, { Properties }] = onlyResource(synthesizeStack({ alarms }), 'AWS::KMS::Key');
  const services = (Properties.KeyPolicy.Statement as { Principal: { Service?: unknown } }[])
    .map(({ Principal }) => JSON.stringify(Principal.Service ?? '').match(/(logs|cloudwatch|\w+)\./)?.[1])
    .filter((service) => service !== undefined);
  const page = readFileSync(new URL('../../../../docs/platform.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('### A key of your own');
  const documented = [...section.matchAll(/"Service": "(\w+)\./g)].map(([, service]) => service);
  expect(new Set(documented)).toEqual(new Set(services));
});

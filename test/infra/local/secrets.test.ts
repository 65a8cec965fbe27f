import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FixtureStack, startFixtureStack } from './fixtures/stack.ts';

let stack: FixtureStack;
let client: SecretsManagerClient;
beforeAll(async () => {
  stack = await startFixtureStack({ ocrolus: { clientId: 'me', clientSecret: 'mine' } });
  client = new SecretsManagerClient({
    endpoint: stack.endpoints.secretsManager,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

const read = async (SecretId: string | undefined, VersionStage?: string) =>
  JSON.parse((await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString ?? '');

test('a secret is generated as the template says, and found by ARN and by name', async () => {
  const generated = await read(stack.accounts.default?.webhookSecret);
  expect(generated).toEqual({ basic: [], current: stack.webhookSecret });
  expect(stack.webhookSecret).toMatch(/^[0-9a-zA-Z]{64}$/);
  expect(await read('fixture/default/webhook')).toEqual(generated);
});

test('credentials are filled in', async () => {
  expect(await read(stack.accounts.default?.credentials)).toEqual({ clientId: 'me', clientSecret: 'mine' });
});

test('a new value becomes current and the old one previous', async () => {
  const SecretId = 'fixture/default/webhook';
  const before = await read(SecretId);
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"current":"another"}' }));
  expect(await read(SecretId)).toEqual({ current: 'another' });
  expect(await read(SecretId, 'AWSPREVIOUS')).toEqual(before);
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId }));
  expect(
    Object.values(VersionIdsToStages ?? {})
      .flat()
      .sort(),
  ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
});

test('an unknown secret is the error that Secrets Manager gives', async () => {
  await expect(read('nothing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readSecretDate, readSecretText } from '../../../shared/secrets/secrets-manager.ts';

let asked: object[];
let answer: { SecretString?: string; CreatedDate?: Date };
beforeEach(() => {
  asked = [];
  answer = { SecretString: '{}', CreatedDate: new Date(0) };
  vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(async (command) => {
    if (command instanceof GetSecretValueCommand) asked.push(command.input);
    return answer;
  });
});
afterEach(() => vi.restoreAllMocks());

it('the current version of the secret is read, unless another is asked for', async () => {
  expect(await readSecretText('arn:one')).toBe('{}');
  await readSecretText('arn:two', 'AWSPENDING');
  expect(await readSecretDate('arn:three')).toEqual(new Date(0));
  expect(asked).toEqual([
    { SecretId: 'arn:one', VersionStage: 'AWSCURRENT' },
    { SecretId: 'arn:two', VersionStage: 'AWSPENDING' },
    { SecretId: 'arn:three', VersionStage: 'AWSCURRENT' },
  ]);
});

it('a secret without text or date is an error', async () => {
  answer = {};
  await expect(readSecretText('arn')).rejects.toThrow('no text');
  await expect(readSecretDate('arn')).rejects.toThrow('no date');
});

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSecretDate, readSecretText } from '../../../shared/secrets/secrets-manager.ts';
import { readLiveWebhookSecret, signingSecrets } from '../../../shared/secrets/webhook-secret.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');

it.each([
  [{ current: 'a', previous: 'b', pending: 'c' }, ['a', 'b', 'c']],
  // Each once, and no empty ones.
  [{ current: 'a', previous: '', pending: 'a' }, ['a']],
  [{}, []],
  // The previous one until the end of the overlap.
  [{ current: 'a', previous: 'b', previousUntil: '2026-01-01T12:00:00.001Z' }, ['a', 'b']],
  [{ current: 'a', previous: 'b', previousUntil: '2026-01-01T12:00:00.000Z' }, ['a']],
])('of %j the secrets %j are accepted', (secret, accepted) => {
  expect(signingSecrets({ ...secret, basic: [] }, NOW)).toEqual(accepted);
});

describe('Secrets Manager', () => {
  /** Version stage → text, or the error that it gives. */
  let stored: Record<string, string | Error | undefined>;
  let asked: object[];
  beforeEach(() => {
    asked = [];
    vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(async (command) => {
      if (!(command instanceof GetSecretValueCommand)) throw new Error('not expected');
      asked.push(command.input);
      const found = stored[command.input.VersionStage ?? ''];
      if (found instanceof Error) throw found;
      return found === undefined ? {} : { SecretString: found, CreatedDate: new Date(0) };
    });
  });
  afterEach(() => vi.restoreAllMocks());
  const error = (name: string) => Object.assign(new Error(name), { name });
  const read = async () => JSON.parse(await readLiveWebhookSecret('arn'));

  it.each([
    [
      'adds what is pending, and nothing else of it',
      '{"current":"b","previous":"c"}',
      { basic: [], pending: 'b' },
    ],
    ['needs no rotation', error('ResourceNotFoundException'), {}],
    ['ignores a pending version that makes no sense', 'nonsense', {}],
  ])('%s', async (_, AWSPENDING, more) => {
    stored = { AWSCURRENT: '{"current":"a"}', AWSPENDING };
    expect(await read()).toEqual({ current: 'a', ...more });
  });

  it('fails as a whole: with half of it, a genuine delivery might be refused', async () => {
    stored = { AWSCURRENT: '{"current":"a"}', AWSPENDING: error('InternalServiceError') };
    await expect(read()).rejects.toThrow('InternalServiceError');
  });

  it('gives the current version of a secret, unless another is asked for', async () => {
    stored = { AWSCURRENT: '{}', AWSPENDING: '{}' };
    expect(await readSecretText('arn:one')).toBe('{}');
    await readSecretText('arn:two', 'AWSPENDING');
    expect(await readSecretDate('arn:three')).toEqual(new Date(0));
    expect(asked).toEqual([
      { SecretId: 'arn:one', VersionStage: 'AWSCURRENT' },
      { SecretId: 'arn:two', VersionStage: 'AWSPENDING' },
      { SecretId: 'arn:three', VersionStage: 'AWSCURRENT' },
    ]);
  });

  it('without text or date is an error', async () => {
    stored = {};
    await expect(readSecretText('arn')).rejects.toThrow('no text');
    await expect(readSecretDate('arn')).rejects.toThrow('no date');
  });
});

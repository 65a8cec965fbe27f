import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readLiveWebhookSecret, signingSecrets } from '../../../shared/secrets/webhook-secret.ts';

describe('the secrets that are accepted', () => {
  const NOW = Date.parse('2026-01-01T12:00:00Z');

  it.each([
    [{ current: 'a', previous: 'b', pending: 'c' }, ['a', 'b', 'c']],
    // Each once, and no empty ones.
    [{ current: 'a', previous: '', pending: 'a' }, ['a']],
    [{}, []],
    // The previous one until the end of the overlap.
    [{ current: 'a', previous: 'b', previousUntil: '2026-01-01T12:00:00.001Z' }, ['a', 'b']],
    [{ current: 'a', previous: 'b', previousUntil: '2026-01-01T12:00:00.000Z' }, ['a']],
  ])('of %j are %j', (secret, accepted) => {
    expect(signingSecrets({ ...secret, basic: [] }, NOW)).toEqual(accepted);
  });
});

describe('reading', () => {
  /** Version stage → text, or the error that Secrets Manager gives. */
  let stored: Record<string, string | Error>;
  beforeEach(() => {
    vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(async (command) => {
      if (!(command instanceof GetSecretValueCommand)) throw new Error('not expected');
      const found = stored[command.input.VersionStage ?? ''];
      if (typeof found !== 'string') throw found;
      return { SecretString: found };
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
});

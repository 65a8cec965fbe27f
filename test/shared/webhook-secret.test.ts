import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readLiveWebhookSecret, signingSecrets } from '../../shared/webhook-secret.ts';

describe('the secrets that are accepted', () => {
  const NOW = Date.parse('2026-01-01T12:00:00Z');

  it('are the current, the previous and the pending one, each once, and no empty ones', () => {
    expect(signingSecrets({ current: 'a', previous: 'b', pending: 'c', basic: [] }, NOW)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(signingSecrets({ current: 'a', previous: '', pending: 'a', basic: [] }, NOW)).toEqual(['a']);
    expect(signingSecrets({ basic: [] }, NOW)).toEqual([]);
  });

  it('leave the previous one out from the end of the overlap on', () => {
    const secret = { current: 'a', previous: 'b', basic: [] };
    expect(signingSecrets({ ...secret, previousUntil: '2026-01-01T12:00:00.001Z' }, NOW)).toEqual(['a', 'b']);
    expect(signingSecrets({ ...secret, previousUntil: '2026-01-01T12:00:00.000Z' }, NOW)).toEqual(['a']);
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

  it('adds what is pending, and nothing else of it', async () => {
    stored = { AWSCURRENT: '{"current":"a"}', AWSPENDING: '{"current":"b","basic":[]}' };
    expect(await read()).toEqual({ current: 'a', basic: [], pending: 'b' });
  });

  it('is content without a rotation', async () => {
    stored = { AWSCURRENT: '{"current":"a"}', AWSPENDING: error('ResourceNotFoundException') };
    expect(await read()).toEqual({ current: 'a' });
  });

  it('bears a pending version that makes no sense', async () => {
    stored = { AWSCURRENT: '{"current":"a"}', AWSPENDING: 'nonsense' };
    expect(await read()).toEqual({ current: 'a' });
  });

  it('fails as a whole: with half of it, a genuine delivery might be refused', async () => {
    stored = { AWSCURRENT: '{"current":"a"}', AWSPENDING: error('InternalServiceError') };
    await expect(read()).rejects.toThrow('InternalServiceError');
  });
});

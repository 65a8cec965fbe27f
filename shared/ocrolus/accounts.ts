import { cachedSecret } from '../cached-secret.ts';
import { Failure } from '../failure.ts';
import { readSecretText } from '../secrets-manager.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createOcrolusClient, type OcrolusClient } from './client.ts';
import type { RateLimiter } from './rate-limit.ts';
import { ApiCredentials, type OcrolusSettings } from './settings.ts';
import { createTokenSource } from './token.ts';

/** A client per account; the rate limit belongs to the organization that they share (design section 6). */
export interface Accounts {
  /** @throws Failure `refused` for an account that the deployment does not serve (any more). */
  client(account: string): OcrolusClient;
}

/** Credentials change rarely, and a wrong token is noticed by its 401. */
const CREDENTIALS_TTL_SECONDS = 300;

/** @param world what is outside of the process; other than AWS and the network in tests. */
export function openAccounts(
  settings: OcrolusSettings,
  limiter: RateLimiter,
  metrics: Metrics,
  world: { readonly readSecret?: (arn: string) => Promise<string>; readonly fetch?: typeof fetch } = {},
): Accounts {
  const { readSecret = readSecretText, ...network } = world;
  const clients = new Map<string, OcrolusClient>();
  for (const [account, { credentials }] of Object.entries(settings.ACCOUNTS)) {
    const secret = cachedSecret({
      read: () => readSecret(credentials),
      schema: ApiCredentials,
      ttlSeconds: CREDENTIALS_TTL_SECONDS,
    });
    const tokens = createTokenSource({
      authUrl: settings.OCROLUS_AUTH_URL,
      credentials: () => secret.get(),
      format: settings.OCROLUS_TOKEN_FORMAT,
      audience: settings.OCROLUS_AUDIENCE,
      onRenewalFailed: () => metrics.count('OcrolusTokenRenewalFailed', {}),
      ...network,
    });
    const client = createOcrolusClient({
      apiUrl: settings.OCROLUS_API_URL,
      tokens,
      limiter,
      ...network,
      onAnswer: (operation, _httpStatus, milliseconds) => {
        metrics.record('OcrolusLatency', milliseconds, 'Milliseconds', { operation });
      },
      onRateLimited: () => metrics.count('OcrolusRateLimited', {}),
    });
    clients.set(account, countingAuthFailures(client, metrics));
  }
  return {
    client(account) {
      const client = clients.get(account);
      if (client === undefined) throw new Failure('refused', 'unknown-account');
      return client;
    },
  };
}

/** `auth`: token or credentials are refused. `token`: there is none to be had, or no credentials to ask with. */
const NOT_LET_IN = new Set(['auth', 'token']);

/** Until somebody mends that, nothing is fetched. */
function countingAuthFailures(client: OcrolusClient, metrics: Metrics): OcrolusClient {
  return {
    ...client,
    async get(...asked) {
      try {
        return await client.get(...asked);
      } catch (error) {
        if (error instanceof Failure && NOT_LET_IN.has(error.code)) metrics.count('OcrolusAuthFailed', {});
        throw error;
      }
    },
  };
}

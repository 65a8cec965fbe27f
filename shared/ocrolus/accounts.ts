import { Failure } from '../failure.ts';
import type { Ports } from '../ports.ts';
import type { RateLimiter } from '../rate-limit/limiter.ts';
import { cachedSecret, SecretShapeError } from '../secrets/cached-secret.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createOcrolusClient, type OcrolusClient } from './client.ts';
import { openNegotiation } from './negotiated.ts';
import { ApiCredentials, type OcrolusSettings } from './settings.ts';
import { createTokenSource } from './token.ts';

/** One client per account; they share the rate limit of the organization (docs/design.md#accounts). */
export interface Accounts {
  readonly names: readonly string[];
  /** @throws Failure `refused` for an account that the deployment does not serve. */
  client(account: string): OcrolusClient;
}

/** Next account to try, in turn. @param turns how many accounts later. */
export function nextAccount({ names }: Pick<Accounts, 'names'>, account: string, turns = 1): string {
  return names[(names.indexOf(account) + turns) % names.length] ?? account;
}

/** Credentials change rarely, and a refusal reveals a change. */
const CREDENTIALS_TTL_SECONDS = 300;
/** Shortest time between two reads because of refusals, which may last for days. */
const CREDENTIALS_REREAD_SECONDS = 10;

export interface AccountsDependencies {
  readonly limiter: RateLimiter;
  readonly metrics: Metrics;
  /** `table`: where one function remembers for all others what an account accepts. */
  readonly ports: Pick<Ports, 'secret' | 'fetch' | 'now' | 'wait' | 'random' | 'timeout'> &
    Partial<Pick<Ports, 'table'>>;
  /** Whether Ocrolus's latency is recorded; true by default. */
  readonly recordsLatency?: boolean;
}

export function openAccounts(settings: OcrolusSettings, dependencies: AccountsDependencies): Accounts {
  const { limiter, metrics, ports, recordsLatency = true } = dependencies;
  const clients = new Map<string, OcrolusClient>();
  for (const [account, { credentials }] of Object.entries(settings.ACCOUNTS)) {
    const secret = cachedSecret({
      read: () => ports.secret(credentials),
      schema: ApiCredentials,
      ttlSeconds: CREDENTIALS_TTL_SECONDS,
      now: ports.now,
    });
    const own = () => secret.get().catch(throwUnset);
    const negotiation = openNegotiation({ account, credentials: own, table: ports.table });
    const tokens = createTokenSource({
      authUrl: settings.OCROLUS_AUTH_URL,
      credentials: own,
      refreshCredentials: () => secret.refresh(CREDENTIALS_REREAD_SECONDS),
      format: settings.OCROLUS_TOKEN_FORMAT ?? negotiation,
      audience: settings.OCROLUS_AUDIENCE,
      onRenewalFailed: () => metrics.count('OcrolusTokenRenewalFailed', {}),
      ports,
    });
    clients.set(
      account,
      createOcrolusClient({
        apiUrl: settings.OCROLUS_API_URL,
        tokens,
        limiter,
        negotiation,
        ports,
        onAnswer: (_operation, _httpStatus, milliseconds) => {
          if (recordsLatency) metrics.record('OcrolusLatency', milliseconds, 'Milliseconds', {});
        },
        onRateLimited: () => metrics.count('OcrolusRateLimited', {}),
        onNoToken: (cause) => metrics.count('AccountNotAsked', { cause }),
      }),
    );
  }
  return {
    names: [...clients.keys()],
    client(account) {
      const client = clients.get(account);
      if (client === undefined) throw new Failure('refused', 'unknown-account');
      return client;
    },
  };
}

/** A secret of another shape has not been filled in by an operator yet. */
function throwUnset(error: unknown): never {
  if (error instanceof SecretShapeError) throw new Failure('refused', 'no-credentials', { cause: error });
  throw error;
}

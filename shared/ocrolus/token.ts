import * as z from 'zod';
import { Failure } from '../failure.ts';
import type { Ports } from '../ports.ts';
import type { ApiCredentials, OcrolusSettings } from './settings.ts';

/** `json` and `form` send the credentials in the body, `basic` in the header (docs/ocrolus.md#token-request-format). */
export type TokenFormat = OcrolusSettings['OCROLUS_TOKEN_FORMAT'];

export interface TokenSource {
  /**
   * @throws Failure `refused`, code `auth`, when Ocrolus refuses the credentials or none are set; `retry`, code
   * `token`, when the service or Secrets Manager fails.
   */
  get(): Promise<string>;
  /** Drops a token that Ocrolus did not accept. */
  discard(token: string): void;
}

const TokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
});

const TOKEN_TIMEOUT_MS = 10_000;
/** Time for which the old token is used after a failed renewal before the next attempt. */
const RENEWAL_PAUSE_MS = 30_000;
const REFUSED_CREDENTIALS = new Set([400, 401, 403]);

/**
 * Gets tokens by client credentials and keeps each for its lifetime, renewing it at half of that, as the
 * vendor suggests (docs/ocrolus.md#authentication). While renewals fail, the old token is used until it expires.
 */
export function createTokenSource(options: {
  readonly authUrl: string;
  readonly credentials: () => Promise<ApiCredentials>;
  readonly format: TokenFormat;
  readonly audience?: string | undefined;
  readonly ports: Pick<Ports, 'fetch' | 'now' | 'timeout'>;
  /** Called when a new token could not be obtained while the old one is still valid: for metrics. */
  readonly onRenewalFailed?: () => void;
}): TokenSource {
  const { onRenewalFailed } = options;
  const { now } = options.ports;
  let kept: { token: string; renewAt: number; endsAt: number } | undefined;
  let fetching: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    const askedAt = now();
    const { access_token, expires_in } = await requestToken(options);
    kept = {
      token: access_token,
      renewAt: askedAt + expires_in * 500,
      endsAt: askedAt + expires_in * 1000,
    };
    return access_token;
  };

  return {
    async get() {
      if (kept !== undefined && now() < kept.renewAt) return kept.token;
      fetching ??= renew().finally(() => {
        fetching = undefined;
      });
      try {
        return await fetching;
      } catch (error) {
        if (kept === undefined || now() >= kept.endsAt) throw error;
        onRenewalFailed?.();
        kept = { ...kept, renewAt: Math.min(now() + RENEWAL_PAUSE_MS, kept.endsAt) };
        return kept.token;
      }
    },
    discard(token) {
      if (kept?.token === token) kept = undefined;
    },
  };
}

async function requestToken(options: Parameters<typeof createTokenSource>[0]) {
  const { authUrl, credentials, ports } = options;
  let answer: Response;
  let body: unknown;
  try {
    const request = tokenRequest(await credentials(), options.format, options.audience);
    answer = await ports.fetch(new URL('/oauth/token', authUrl), {
      method: 'POST',
      ...request,
      redirect: 'error',
      signal: ports.timeout(TOKEN_TIMEOUT_MS),
    });
    body = await answer.json().catch(() => undefined);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('retry', 'token', { cause });
  }
  const parsed = TokenAnswer.safeParse(body);
  if (answer.ok && parsed.success) return parsed.data;
  // 400 access_denied, 403 unauthorized_client: the checklist keeps missing results until the credentials are right.
  if (REFUSED_CREDENTIALS.has(answer.status)) throw new Failure('refused', 'auth');
  throw new Failure('retry', 'token');
}

function tokenRequest({ clientId, clientSecret }: ApiCredentials, format: TokenFormat, audience?: string) {
  const grant = { grant_type: 'client_credentials', ...(audience !== undefined && { audience }) };
  const own = { client_id: clientId, client_secret: clientSecret };
  switch (format) {
    case 'json':
      return {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...grant, ...own }),
      };
    case 'form':
      return { body: new URLSearchParams({ ...grant, ...own }) };
    case 'basic': {
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
      return { headers: { authorization: `Basic ${basic}` }, body: new URLSearchParams(grant) };
    }
  }
}

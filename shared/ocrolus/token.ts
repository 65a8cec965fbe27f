import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { Failure } from '../failure.ts';
import type { Ports } from '../ports.ts';
import type { Negotiation } from './negotiated.ts';
import { type ApiCredentials, TOKEN_FORMATS, type TokenFormat } from './settings.ts';

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
/** 400 access_denied, 403 unauthorized_client, 415: the credentials, or their format. */
const REFUSED = new Set([400, 401, 403, 415]);

/**
 * Gets tokens by client credentials and keeps each for its lifetime, renewing it at half of that, as the
 * vendor suggests (docs/ocrolus.md#authentication). While renewals fail, the old token is used until it expires.
 *
 * A refusal does not say whether it is about the format or the credentials. So one request is refused in every format
 * before it fails; after that, each request asks in one format, in turn, until the credentials change. They are read again
 * whenever they, or a token, are refused, so that new ones take effect within seconds.
 */
export function createTokenSource(options: {
  readonly authUrl: string;
  readonly credentials: () => Promise<ApiCredentials>;
  /** Reads the credentials again, if the last read is not too recent. Absent: they never change. */
  readonly refreshCredentials?: () => Promise<boolean>;
  /** The only format to ask in, or where the one that is accepted is remembered. */
  readonly format: TokenFormat | Negotiation;
  readonly audience?: string | undefined;
  readonly ports: Pick<Ports, 'fetch' | 'now' | 'timeout'>;
  /** Called when a new token could not be obtained while the old one is still valid: for metrics. */
  readonly onRenewalFailed?: () => void;
}): TokenSource {
  const { credentials, refreshCredentials, format, onRenewalFailed } = options;
  const { now } = options.ports;
  const negotiation = typeof format === 'string' ? undefined : format;
  let kept: { token: string; renewAt: number; endsAt: number } | undefined;
  let fetching: Promise<string> | undefined;
  let isDiscarded = false;
  let refused: { readonly credentials: ApiCredentials; readonly times: number } | undefined;

  const grant = async (): Promise<z.infer<typeof TokenAnswer>> => {
    const own = await credentials().catch(throwTokenFailure);
    const times = isDeepStrictEqual(refused?.credentials, own) ? (refused?.times ?? 0) : 0;
    const known = (await negotiation?.get())?.tokenFormat;
    for (const next of typeof format === 'string' ? [format] : formatsToTry(known, times)) {
      const granted = await requestToken(options, own, next);
      if (granted === undefined) continue;
      refused = undefined;
      await negotiation?.set({ tokenFormat: next });
      return granted;
    }
    refused = { credentials: own, times: times + 1 };
    const isRead = await refreshCredentials?.();
    if (isRead === true && !isDeepStrictEqual(await credentials(), own)) return grant();
    // The checklist keeps missing results until the credentials are right.
    throw new Failure('refused', 'auth');
  };

  const renew = async (): Promise<string> => {
    if (isDiscarded) await refreshCredentials?.();
    isDiscarded = false;
    const askedAt = now();
    const { access_token, expires_in } = await grant();
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
      if (kept?.token !== token) return;
      kept = undefined;
      isDiscarded = true;
    },
  };
}

/** All formats, the known one first. @param refusals how often all were refused: then one at a time, in turn. */
function formatsToTry(known: TokenFormat | undefined, refusals: number): readonly TokenFormat[] {
  const all = [...new Set(known === undefined ? TOKEN_FORMATS : [known, ...TOKEN_FORMATS])];
  const next = (refusals - 1) % all.length;
  return refusals === 0 ? all : all.slice(next, next + 1);
}

/** @returns `undefined`: credentials or format are refused. @throws Failure `retry` */
async function requestToken(
  { authUrl, audience, ports }: Parameters<typeof createTokenSource>[0],
  credentials: ApiCredentials,
  format: TokenFormat,
) {
  const answer = await ports
    .fetch(new URL('/oauth/token', authUrl), {
      method: 'POST',
      ...tokenRequest(credentials, format, audience),
      redirect: 'error',
      signal: ports.timeout(TOKEN_TIMEOUT_MS),
    })
    .catch(throwTokenFailure);
  const body: unknown = await answer.json().catch(() => undefined);
  const parsed = TokenAnswer.safeParse(body);
  if (answer.ok && parsed.success) return parsed.data;
  if (REFUSED.has(answer.status)) return undefined;
  throw new Failure('retry', 'token');
}

function throwTokenFailure(cause: unknown): never {
  throw cause instanceof Failure ? cause : new Failure('retry', 'token', { cause });
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

import type { HonoRequest } from 'hono';
import type { AccountHabits } from '../model/book.ts';
import { available, FORMAT_REFUSED, type Reply, refusal } from '../model/reply.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Ids } from '../random.ts';

const AUDIENCE = 'https://api.ocrolus.com/';

type TokenSettings = Pick<SimulatorOptions, 'clientId' | 'clientSecret' | 'habits' | 'tokenSeconds' | 'now'>;

export type Tokens = ReturnType<typeof createTokens>;

/** Grants access tokens and knows which ones are good. */
export function createTokens(settings: TokenSettings, ids: Ids) {
  const { clientId, clientSecret, habits, tokenSeconds, now } = settings;
  const expiry = new Map<string, number>();
  return {
    /** Ends every outstanding token, as a revoked credential may (docs/ocrolus.md#authentication). */
    revokeAll: () => expiry.clear(),
    isGood(authorization: string): boolean {
      const token = authorization.replace(/^bearer\s+/i, '');
      return (expiry.get(token) ?? 0) > now();
    },
    /** `POST /oauth/token`: JSON, form or HTTP Basic (docs/ocrolus.md#token-request-format). */
    async grant(request: HonoRequest): Promise<Reply> {
      const fields = await credentials(request);
      if (habits.tokenFormat !== undefined && habits.tokenFormat !== formatOf(request)) return FORMAT_REFUSED;
      const isClient = fields.client_id === clientId && fields.client_secret === clientSecret;
      if (fields.grant_type !== 'client_credentials' || !isClient) {
        return refusal(400, { error: 'access_denied', error_description: 'Unauthorized' });
      }
      if (fields.audience !== undefined && fields.audience !== AUDIENCE) {
        const error_description = 'Audience not allowed for this client';
        return refusal(403, { error: 'unauthorized_client', error_description });
      }
      const expiresAt = now() + tokenSeconds * 1000;
      const token = jwtOf(expiresAt, ids);
      expiry.set(token, expiresAt);
      return available({ access_token: token, token_type: 'Bearer', expires_in: tokenSeconds });
    },
  };
}

/** Looks like a JWT; its signature is not verified. */
function jwtOf(expiresAt: number, ids: Ids): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { iss: 'simulator', exp: Math.floor(expiresAt / 1000), jti: ids.uuid() };
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}.${ids.hex(43)}`;
}

function formatOf(request: HonoRequest): NonNullable<AccountHabits['tokenFormat']> {
  if (request.header('authorization') !== undefined) return 'basic';
  return request.header('content-type')?.startsWith('application/json') === true ? 'json' : 'form';
}

async function credentials(request: HonoRequest): Promise<Readonly<Record<string, unknown>>> {
  const basic = /^basic\s+(.+)$/i.exec(request.header('authorization') ?? '')?.[1];
  const fields = await fieldsOf(request);
  if (basic === undefined) return fields;
  const [clientId, ...secret] = Buffer.from(basic, 'base64').toString().split(':');
  // With Basic the body may be missing altogether.
  const grant = { client_id: clientId, client_secret: secret.join(':') };
  return { grant_type: 'client_credentials', ...fields, ...grant };
}

/** The fields of a JSON object or a form, url-encoded or multipart; nothing of anything else. */
export async function fieldsOf(request: HonoRequest): Promise<Readonly<Record<string, unknown>>> {
  try {
    const isJson = request.header('content-type')?.startsWith('application/json') === true;
    return isJson ? { ...Object(await request.json()) } : await request.parseBody({ all: true });
  } catch {
    return {};
  }
}

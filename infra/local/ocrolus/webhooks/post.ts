import { createHmac } from 'node:crypto';
import type { Ids } from '../random.ts';
import type { Target } from './registrations.ts';

/** Text that Ocrolus signs (docs/ocrolus.md#signature). */
export interface SignedParts {
  /** 16 to 128 characters; its UTF-8 bytes are the key. */
  readonly secret: string;
  /** Unix seconds, as text: the value of `Webhook-Timestamp`. */
  readonly timestamp: string;
  /** The value of `Webhook-Request-Id`. */
  readonly requestId: string;
  /** The raw body. A string is signed as its UTF-8 bytes. */
  readonly body: string | Uint8Array;
}

/**
 * Signs a delivery the way Ocrolus does: HMAC-SHA256 over `timestamp.requestId.rawBody`.
 *
 * @returns the value of `Webhook-Signature`: lower-case hex.
 */
export function signDelivery({ secret, timestamp, requestId, body }: SignedParts): string {
  return createHmac('sha256', secret).update(`${timestamp}.${requestId}.`).update(body).digest('hex');
}

interface SignedRequest extends Pick<SignedParts, 'timestamp' | 'requestId'> {
  readonly body: string;
}

/**
 * Posts a delivery as Ocrolus does: signed when there is a secret, with Basic credentials when the URL has
 * them. Redirects are not followed.
 *
 * @returns the HTTP status, or `null` when no answer came within `timeoutMs`.
 */
export async function post(
  target: Target,
  request: SignedRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  const url = new URL(target.url);
  const basic = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'webhook-timestamp': request.timestamp,
        'webhook-request-id': request.requestId,
        ...(target.secret !== undefined && {
          'webhook-signature': signDelivery({ secret: target.secret, ...request }),
        }),
        ...(basic !== ':' && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
      },
      body: request.body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

/** The registration test, byte for byte (docs/ocrolus.md#test-ping): no event name, no uuid, zero pks. */
const PING_BODY = '{"status":"VERIFICATION_COMPLETE","uploaded_doc_pk":0,"book_pk":0}';

/** Posts a registration test, once. @returns the HTTP status, or `null` without an answer. */
export type Ping = (target: Target, body?: string) => Promise<number | null>;

/** Sends a test, signed when there is a secret; whether Ocrolus signs its test is unknown. */
export function createPing(ids: Ids, now: () => number, timeoutMs: number): Ping {
  return (target, body = PING_BODY) => {
    const timestamp = String(Math.floor(now() / 1000));
    const request = { requestId: ids.uuidV7(now()), timestamp, body };
    return post(target, request, timeoutMs, AbortSignal.timeout(timeoutMs));
  };
}

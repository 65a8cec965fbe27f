import { signDelivery } from '../sign.ts';
import type { Target } from '../state/registrations.ts';

/** One POST of a delivery. */
export interface Attempt {
  /** Its `Webhook-Request-Id`. */
  readonly deliveryId: string;
  /** ISO 8601 UTC with milliseconds: when the attempt began. */
  readonly at: string;
  /** HTTP status; `null` when there was no answer in time or at all. */
  readonly status: number | null;
}

export interface SignedRequest {
  readonly requestId: string;
  /** Unix seconds. */
  readonly timestamp: string;
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

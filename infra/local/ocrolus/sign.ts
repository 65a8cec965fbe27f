import { createHmac } from 'node:crypto';

/** What Ocrolus signs (docs/ocrolus.md#signature). */
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

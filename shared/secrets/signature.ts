import { createHmac } from 'node:crypto';

/** The parts of a delivery that Ocrolus signs. */
export interface SignedParts {
  /** The text of `Webhook-Timestamp`: Unix seconds. */
  readonly timestamp: string;
  /** The text of `Webhook-Request-Id`. */
  readonly requestId: string;
  readonly rawBody: Uint8Array;
}

/**
 * The HMAC-SHA256 of a delivery over `timestamp.request-id.` and the raw body (docs/ocrolus.md#signature: documented).
 * `Webhook-Signature` carries it in lower-case hex.
 *
 * @param secret 16 to 128 characters; its UTF-8 bytes are the key.
 */
export function signatureOf(secret: string, { timestamp, requestId, rawBody }: SignedParts): Buffer {
  return createHmac('sha256', secret).update(`${timestamp}.${requestId}.`).update(rawBody).digest();
}

import { timingSafeEqual } from 'node:crypto';
import { signatureOf } from '../../shared/signature.ts';
import type { Delivery } from './delivery.ts';

/** The result of checking a signature. */
export type SignatureCheck = 'valid' | 'unsigned' | 'signature-malformed' | 'signature-mismatch';

const HEX_SHA256 = /^[0-9a-f]{64}$/;

/**
 * Checks `Webhook-Signature`: lower-case hex HMAC-SHA256 over `timestamp.request-id.` and the raw body, with
 * any of the live secrets (docs/ocrolus.md#signature). Every comparison takes the same time, and every secret is
 * tried, so that the response time reveals nothing.
 */
export function checkSignature(
  delivery: Pick<Delivery, 'header' | 'rawBody'>,
  secrets: readonly string[],
): SignatureCheck {
  const signature = delivery.header('webhook-signature');
  if (signature === undefined || signature === '') return 'unsigned';
  const timestamp = delivery.header('webhook-timestamp');
  const requestId = delivery.header('webhook-request-id');
  if (timestamp === undefined || requestId === undefined || !HEX_SHA256.test(signature)) {
    return 'signature-malformed';
  }
  const received = Buffer.from(signature, 'hex');
  let valid = false;
  for (const secret of secrets) {
    const expected = signatureOf(secret, { timestamp, requestId, rawBody: delivery.rawBody });
    if (timingSafeEqual(expected, received)) valid = true;
  }
  return valid ? 'valid' : 'signature-mismatch';
}

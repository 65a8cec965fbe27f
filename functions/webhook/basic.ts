import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebhookSecret } from '../../shared/webhook-secret.ts';

export type BasicCheck = 'valid' | 'basic-missing' | 'basic-malformed' | 'basic-mismatch';

/**
 * Checks an `Authorization: Basic` header, which Ocrolus sends when the registered URL carries `user:password@`
 * (docs/ocrolus.md#basic-authentication). Hashes are compared, so that the time it takes does not reveal lengths.
 */
export function checkBasic(authorization: string | undefined, accepted: WebhookSecret['basic']): BasicCheck {
  const encoded = /^basic +([a-z0-9+/=]+) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return 'basic-missing';
  const decoded = Buffer.from(encoded, 'base64');
  // Node ignores stray bits and missing padding: the same credentials would have several spellings.
  if (decoded.toString('base64') !== encoded) return 'basic-malformed';
  const received = sha256(decoded);
  let valid = false;
  for (const { username, password } of accepted) {
    if (timingSafeEqual(sha256(Buffer.from(`${username}:${password}`)), received)) valid = true;
  }
  return valid ? 'valid' : 'basic-mismatch';
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

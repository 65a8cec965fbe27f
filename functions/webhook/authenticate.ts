import { createHash, timingSafeEqual } from 'node:crypto';
import { signatureOf } from '../../shared/secrets/signature.ts';
import {
  type LiveWebhookSecret,
  signingSecrets,
  type WebhookSecret,
} from '../../shared/secrets/webhook-secret.ts';
import type { Delivery } from './delivery.ts';
import { Refusal, type RefusalReason } from './refusal.ts';
import type { WebhookSettings } from './settings.ts';

type Policy = Pick<WebhookSettings, 'WEBHOOK_AUTHENTICATION' | 'ALLOW_UNSIGNED' | 'FRESHNESS_SECONDS'>;

/** How a delivery was authenticated. `none`: the deployment allows it, since no secret is set yet. */
export type Proof = 'signature' | 'basic' | 'both' | 'none';

/**
 * Decides whether a delivery is genuine and fresh (docs/design.md#the-webhook).
 *
 * @param nowSeconds Unix time.
 * @throws Refusal 401.
 */
export function authenticate(
  delivery: Delivery,
  secret: LiveWebhookSecret,
  policy: Policy,
  nowSeconds: number,
): Proof {
  const live = signingSecrets(secret, nowSeconds * 1000);
  if (live.length === 0 && secret.basic.length === 0) {
    if (policy.ALLOW_UNSIGNED) return 'none';
    throw new Refusal(401, 'nothing-configured');
  }
  const signature = checkSignature(delivery, live);
  const basic = checkBasic(delivery.header('authorization'), secret.basic);
  const proof = prove(policy.WEBHOOK_AUTHENTICATION, signature, basic);
  // Only a signature covers the timestamp.
  if (proof !== 'basic') requireFresh(delivery, policy.FRESHNESS_SECONDS, nowSeconds);
  return proof;
}

/** Result of checking a signature or credentials. */
type Check = 'valid' | Extract<RefusalReason, 'unsigned' | `signature-${string}` | `basic-${string}`>;

function prove(
  mode: WebhookSettings['WEBHOOK_AUTHENTICATION'],
  signature: Check,
  basic: Check,
): Exclude<Proof, 'none'> {
  switch (mode) {
    case 'signature':
      if (signature !== 'valid') throw new Refusal(401, signature);
      return 'signature';
    case 'basic':
      if (basic !== 'valid') throw new Refusal(401, basic);
      return 'basic';
    case 'both':
      if (signature !== 'valid') throw new Refusal(401, signature);
      if (basic !== 'valid') throw new Refusal(401, basic);
      return 'both';
    case 'either':
      if (signature === 'valid') return 'signature';
      if (basic === 'valid') return 'basic';
      // The caller reads the secret again after a mismatch.
      throw new Refusal(
        401,
        basic === 'basic-mismatch' && signature !== 'signature-mismatch' ? basic : signature,
      );
  }
}

/**
 * Refuses a delivery that is too old or too far in the future. It is not known whether a retry gets a new timestamp, and
 * the last retry arrives about ten minutes after the first attempt, hence the default of 15 minutes (docs/ocrolus.md#freshness).
 */
function requireFresh(delivery: Delivery, toleranceSeconds: number, nowSeconds: number): void {
  const timestamp = delivery.header('webhook-timestamp') ?? '';
  const sentAt = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(nowSeconds - sentAt) <= toleranceSeconds)) throw new Refusal(401, 'stale');
}

const HEX_SHA256 = /^[0-9a-f]{64}$/;

/**
 * Checks `Webhook-Signature`: lower-case hex HMAC-SHA256 over `timestamp.request-id.` and the raw body, with
 * any of the live secrets (docs/ocrolus.md#signature). Every comparison takes the same time, and every secret is
 * tried, so that the response time reveals nothing.
 */
function checkSignature(delivery: Pick<Delivery, 'header' | 'rawBody'>, secrets: readonly string[]): Check {
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

/**
 * Checks an `Authorization: Basic` header, which Ocrolus sends when the registered URL carries `user:password@`
 * (docs/ocrolus.md#basic-authentication). Compares hashes, so that timing does not reveal lengths.
 */
function checkBasic(authorization: string | undefined, accepted: WebhookSecret['basic']): Check {
  const encoded = /^basic +([a-z0-9+/=]+) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return 'basic-missing';
  const decoded = Buffer.from(encoded, 'base64');
  // Node ignores stray bits and missing padding, so the same credentials would have several spellings.
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

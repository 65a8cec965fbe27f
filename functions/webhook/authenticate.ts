import { type LiveWebhookSecret, signingSecrets } from '../../shared/webhook-secret.ts';
import { checkBasic } from './basic.ts';
import type { Delivery } from './delivery.ts';
import { Refusal, type RefusalReason } from './refusal.ts';
import type { WebhookSettings } from './settings.ts';
import { checkSignature } from './signature.ts';

type Policy = Pick<WebhookSettings, 'WEBHOOK_AUTHENTICATION' | 'ALLOW_UNSIGNED' | 'FRESHNESS_SECONDS'>;

/** How a delivery was authenticated. `unsigned`: the deployment allows it, since no secret is set yet. */
export type Proof = 'signature' | 'basic' | 'both' | 'unsigned';

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
    if (policy.ALLOW_UNSIGNED) return 'unsigned';
    throw new Refusal(401, 'nothing-configured');
  }
  const signature = checkSignature(delivery, live);
  const basic = checkBasic(delivery.header('authorization'), secret.basic);
  const proof = prove(policy.WEBHOOK_AUTHENTICATION, signature, basic);
  // Only a signature covers the timestamp.
  if (proof !== 'basic') requireFresh(delivery, policy.FRESHNESS_SECONDS, nowSeconds);
  return proof;
}

type Failure = Extract<RefusalReason, 'unsigned' | `signature-${string}` | `basic-${string}`>;

function prove(
  mode: WebhookSettings['WEBHOOK_AUTHENTICATION'],
  signature: 'valid' | Failure,
  basic: 'valid' | Failure,
): Exclude<Proof, 'unsigned'> {
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
      // Reading the secret again may resolve a mismatch.
      throw new Refusal(401, signature === 'unsigned' && basic === 'basic-mismatch' ? basic : signature);
  }
}

/**
 * Refuses a delivery that is too old or too far in the future. It is not known whether a retry gets a new timestamp, and
 * the last retry arrives about ten minutes after the first attempt, hence the default of 15 (docs/ocrolus.md#freshness).
 */
function requireFresh(delivery: Delivery, toleranceSeconds: number, nowSeconds: number): void {
  const timestamp = delivery.header('webhook-timestamp') ?? '';
  const sentAt = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(nowSeconds - sentAt) <= toleranceSeconds)) throw new Refusal(401, 'stale');
}

/** The entry `ocrolus-webhooks/events`: names and parts of what Ocrolus announces, and its signatures. */
import { timingSafeEqual } from 'node:crypto';
import { type SignedParts, signatureOf } from '../secrets/signature.ts';

export {
  CATALOG,
  EVENT_NAMES,
  type EventName,
  findEventName,
  RESULT_KINDS,
  type ResultKind,
} from '../events/catalog.ts';
export type { EventIds } from '../events/envelope.ts';
export { type Identified, identify as parseWebhook } from '../events/identify.ts';
export type { SignedParts };

/** The signature of a delivery, as in `Webhook-Signature`: lower-case hex. @param secret 16 to 128 characters. */
export function signWebhook(secret: string, parts: SignedParts): string {
  return signatureOf(secret, parts).toString('hex');
}

/**
 * Whether a delivery has the signature of one of the secrets; of two while they rotate. It says nothing about the age of the
 * delivery: compare `timestamp` with the clock.
 *
 * @param signature the text of `Webhook-Signature`.
 */
export function verifyWebhook(signature: string, secrets: readonly string[], parts: SignedParts): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false;
  const received = Buffer.from(signature, 'hex');
  // Every secret is tried, so that the time of the answer reveals nothing.
  const fits = secrets.map((secret) => timingSafeEqual(signatureOf(secret, parts), received));
  return fits.includes(true);
}

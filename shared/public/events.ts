/** The entry `ocrolus-webhooks/events`: names and parts of what Ocrolus announces, and its signatures. */
import { timingSafeEqual } from 'node:crypto';
import { PUBLISHED_EVENTS, type PublishedEvent, type PublishedType } from '../events/published.ts';
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
export { EVENT_SOURCE, type PublishedEvent, type PublishedType } from '../events/published.ts';
export type { SignedParts };

/**
 * Checks an event of the stage's bus, as a rule's target receives it (docs/published-events.md).
 *
 * @throws Error for another `detail-type`, another version, or a member that is missing.
 */
export function parsePublishedEvent(event: {
  readonly 'detail-type': string;
  readonly detail: unknown;
}): PublishedEvent {
  const type = event['detail-type'];
  if (!Object.hasOwn(PUBLISHED_EVENTS, type)) throw new Error(`"${type}" is not a published event`);
  const detail = PUBLISHED_EVENTS[type as PublishedType].safeParse(event.detail);
  if (detail.success) return { type, detail: detail.data } as PublishedEvent;
  const [fault] = detail.error.issues;
  throw new Error(`${type}: ${fault?.path.join('.')} is missing or invalid`);
}

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

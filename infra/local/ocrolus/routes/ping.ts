import type { Organization } from '../state/organization.ts';
import type { Target } from '../state/registrations.ts';
import { post } from '../webhooks/attempt.ts';

/** The registration test, byte for byte (docs/ocrolus.md#test-ping): no event name, no uuid, zero pks. */
export const PING_BODY = '{"status":"VERIFICATION_COMPLETE","uploaded_doc_pk":0,"book_pk":0}';

/**
 * Posts a registration test, once. Whether the real one is signed is unknown; this one is, when there is a
 * secret.
 *
 * @returns the HTTP status, or `null` without an answer.
 */
export function ping(
  { ids, options }: Organization,
  target: Target,
  body: string = PING_BODY,
): Promise<number | null> {
  const requestId = ids.uuidV7(options.now());
  const timestamp = String(Math.floor(options.now() / 1000));
  const timeoutMs = options.deliveryTimeoutMs;
  return post(target, { requestId, timestamp, body }, timeoutMs, AbortSignal.timeout(timeoutMs));
}

import type { Registered, WebhookLevel } from '../../shared/ocrolus/webhooks/level.ts';
import type { WebhookSecret } from '../../shared/secrets/webhook-secret.ts';
import { RegistrationError } from './registration.ts';

/** A rotation may change the secret while it is being set, but not more than once a second. */
const SECRET_TRIES = 3;

/** Length in characters that Ocrolus accepts (docs/ocrolus.md#signing-secret). */
const LENGTH = { min: 16, max: 128 };

/** Checks the secret before anything is changed at Ocrolus. @throws RegistrationError when Ocrolus would refuse it. */
export function requireUsable({ current }: WebhookSecret): void {
  if (!isSigning(current) || (current.length >= LENGTH.min && current.length <= LENGTH.max)) return;
  throw new RegistrationError(
    `The webhook secret's "current" has ${current.length} characters: Ocrolus takes ${LENGTH.min} to ${LENGTH.max}`,
  );
}

/** True if Ocrolus signs deliveries; otherwise only Basic credentials protect the webhook. */
export function isSigning(current: string | undefined): current is string {
  return current !== undefined && current !== '';
}

/**
 * Secret that Ocrolus signs with before a registration. Ocrolus does not disclose it, so an operator puts it into
 * `previous`; one with `previousUntil` comes from a rotation of this stack.
 */
export function formerSecretOf({ previous, previousUntil }: WebhookSecret): string | undefined {
  return previousUntil === undefined && isSigning(previous) ? previous : undefined;
}

/** Makes Ocrolus sign with the secret from now on. Sets it again if a rotation has changed it in the meantime. */
export async function setSecret(
  webhooks: WebhookLevel,
  registered: Registered,
  readSecret: () => Promise<WebhookSecret>,
): Promise<void> {
  let { current } = await readSecret();
  for (let tries = 0; tries < SECRET_TRIES; tries += 1) {
    if (!isSigning(current)) return;
    await webhooks.setSecret(registered, current);
    const after = (await readSecret()).current;
    if (after === current) return;
    current = after;
  }
  throw new RegistrationError('The webhook secret keeps changing: is a rotation running? Try again');
}

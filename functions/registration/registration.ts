import { asFailure, type Failure } from '../../shared/failure.ts';
import { isSamePlace } from '../../shared/ocrolus/webhooks/endpoint.ts';
import type { Level, Registered, WebhookLevel } from '../../shared/ocrolus/webhooks/level.ts';
import type { Log } from '../../shared/telemetry/log.ts';
import type { WebhookSecret } from '../../shared/webhook-secret.ts';

/** The outcome of a trial delivery by this stack. `unreachable`: it says nothing about the secret. */
export type Trial = 'accepted' | 'refused' | 'unreachable';

/** A webhook at Ocrolus, and the deadline for work on it. */
export interface AtOcrolus<Webhook = Registered> {
  readonly webhooks: WebhookLevel;
  readonly registered: Webhook;
  /** Unix milliseconds. */
  readonly deadline: number;
}

/** The dependencies of registering an account. */
export interface RegistrationDependencies {
  readonly openLevel: (account: string, level: Level) => WebhookLevel;
  /** The current webhook secret of an account. @throws Error */
  readonly readSecret: (account: string) => Promise<WebhookSecret>;
  /** Whether the webhook at a URL accepts a secret, as far as that can be found out without Ocrolus. */
  readonly trySecret: (url: string, secret: WebhookSecret) => Promise<Trial>;
  readonly authentication: 'signature' | 'basic' | 'either' | 'both';
  /** Whether a test that fails makes the registration fail. */
  readonly test: 'require' | 'report';
  /**
   * Unix milliseconds until which a test that fails is repeated. A deployment that creates the ingress has to wait for it:
   * DNS and a domain-name access association take minutes. Absent: it is not repeated.
   */
  readonly repeatTestUntil?: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly log: Log;
}

/** The webhook cannot be registered. The message tells an operator why, and what to do. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
}

/** Ocrolus could not deliver its test. A later attempt may succeed. */
export class TestFailed extends RegistrationError {}

/**
 * The webhook of this stack, by its URL. At account level there is only one webhook, which a registration replaces
 * whatever its URL is.
 */
export function ownWebhook(
  registered: readonly Registered[],
  level: Level,
  places: readonly string[],
): Registered | undefined {
  const ours = registered.find(({ url }) => places.some((place) => isSamePlace(place, url)));
  return ours ?? (level === 'account' ? registered[0] : undefined);
}

/**
 * Ocrolus delivers for webhooks of one level only: a webhook of the other level would stop the deliveries of the first,
 * or get none itself.
 *
 * @param other the other level of the same account.
 * @throws RegistrationError when something is registered there.
 */
export async function requireOtherLevelEmpty(other: WebhookLevel, deadline: number): Promise<void> {
  const found = await other.list(deadline).catch((error: unknown): readonly Registered[] => {
    // Credentials of an account need not be allowed to see the organization's webhooks.
    if (asFailure(error).class === 'refused') return [];
    throw error;
  });
  if (found.length === 0) return;
  throw new RegistrationError(
    `Ocrolus has a webhook at ${other.level} level, and delivers for one level only: remove it first, or set registration.level to '${other.level}'`,
  );
}

/** The error in words for an operator. */
export function explain(error: unknown): string {
  if (error instanceof RegistrationError) return error.message;
  const failure: Failure = asFailure(error);
  if (failure.code === 'auth' || failure.code === 'token') {
    return 'Ocrolus does not accept the API credentials: put them into the secret of the output CredentialsSecretArns';
  }
  return `Ocrolus or a service failed: ${failure.message}`;
}

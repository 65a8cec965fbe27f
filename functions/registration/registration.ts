import * as z from 'zod/mini';
import { asFailure } from '../../shared/failure.ts';
import { isSamePlace, withCredentials } from '../../shared/ocrolus/webhooks/endpoint.ts';
import { eventsOfLevel } from '../../shared/ocrolus/webhooks/event-names.ts';
import type { Level, Registered, WebhookLevel } from '../../shared/ocrolus/webhooks/level.ts';
import { webhookSettings, webhookUrl } from '../../shared/ocrolus/webhooks/settings.ts';
import type { WebhookSecret } from '../../shared/secrets/webhook-secret.ts';
import { commonSettings } from '../../shared/settings.ts';
import type { Log } from '../../shared/telemetry/log.ts';

export const RegistrationSettings = z.object({
  ...commonSettings,
  ...webhookSettings,
  /** Function that posts signed pings from within the VPC, in a stage that probes its way in. */
  PROBE_FUNCTION: z.optional(z.string()),
});

export type RegistrationSettings = z.infer<typeof RegistrationSettings>;

/** The desired registration of an account. */
export interface Registration {
  readonly account: string;
  readonly level: Level;
  /** The URL for deliveries, without credentials. */
  readonly url: string;
  readonly events: readonly string[];
}

/** Desired registration, from the function's settings. */
export function registrationOf(account: string, settings: RegistrationSettings): Registration {
  const { REGISTRATION_LEVEL: level, REGISTRATION_EVENTS: chosen } = settings;
  const events = chosen.length > 0 ? chosen : eventsOfLevel(level);
  return { account, level, url: webhookUrl(settings, account), events };
}

/** URL to register, with the first Basic credentials of the secret if the webhook requires them. */
export function urlForOcrolus(
  url: string,
  secret: WebhookSecret,
  mode: RegistrationSettings['WEBHOOK_AUTHENTICATION'],
): string {
  return mode === 'signature' ? url : withCredentials(url, secret.basic[0]);
}

/** Outcome of a trial delivery by this stack. `unreachable` says nothing about the secret. */
export type Trial = 'accepted' | 'refused' | 'unreachable';

/** The dependencies of registering an account. */
export interface RegistrationDependencies {
  readonly openLevel: (account: string, level: Level, deadline: number) => WebhookLevel;
  /** The current webhook secret of an account. @throws Error */
  readonly readSecret: (account: string) => Promise<WebhookSecret>;
  /** Tries whether the webhook at a URL accepts a secret, without Ocrolus. */
  readonly trySecret: (url: string, secret: WebhookSecret) => Promise<Trial>;
  readonly authentication: RegistrationSettings['WEBHOOK_AUTHENTICATION'];
  /** `require`: a failed test fails the registration. `report`: it is only reported. */
  readonly test: 'require' | 'report';
  /**
   * Unix milliseconds until which a failed test is repeated. A deployment that creates the ingress has to wait for
   * it: DNS and a domain-name access association take minutes. Absent: it is not repeated.
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
 * Finds the webhook of this stack, by its URL. The account level has only one webhook, which a registration replaces
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

/** Code for a call at organization level by credentials without a manager's permission (docs/ocrolus.md#organization-level). */
const NO_MANAGER = '1316';

const NEEDS_MANAGER =
  "Ocrolus refuses the call (1316): it needs manager permission. Ask Ocrolus to give these API credentials a manager's permission to manage the organization's webhooks, or set registration.level to 'account'";

/** Explains an error to an operator. */
export function explain(error: unknown): string {
  if (error instanceof RegistrationError) return error.message;
  const failure = asFailure(error);
  if (failure.code === 'auth' || failure.code === 'token') {
    return 'Ocrolus does not accept the API credentials: put them into the secret of the output CredentialsSecretArns';
  }
  if (failure.code === NO_MANAGER) return NEEDS_MANAGER;
  return `Ocrolus or a service failed: ${failure.message}`;
}

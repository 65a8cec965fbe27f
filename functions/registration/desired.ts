import { withCredentials } from '../../shared/ocrolus/webhooks/endpoint.ts';
import { eventsOfLevel } from '../../shared/ocrolus/webhooks/event-names.ts';
import type { Level } from '../../shared/ocrolus/webhooks/level.ts';
import { type WebhookManagementSettings, webhookUrl } from '../../shared/ocrolus/webhooks/settings.ts';
import type { WebhookSecret } from '../../shared/webhook-secret.ts';

/** The desired registration of an account. */
export interface Registration {
  readonly account: string;
  readonly level: Level;
  /** The URL for deliveries, without credentials. */
  readonly url: string;
  readonly events: readonly string[];
}

/** The registration that the function's settings ask for. */
export function registrationOf(account: string, settings: WebhookManagementSettings): Registration {
  const { REGISTRATION_LEVEL: level, REGISTRATION_EVENTS: chosen } = settings;
  const events = chosen.length > 0 ? chosen : eventsOfLevel(level);
  return { account, level, url: webhookUrl(settings, account), events };
}

/** The URL to register: with the first Basic credentials of the secret if the webhook requires them. */
export function urlForOcrolus(
  url: string,
  secret: WebhookSecret,
  mode: WebhookManagementSettings['WEBHOOK_AUTHENTICATION'],
): string {
  return mode === 'signature' ? url : withCredentials(url, secret.basic[0]);
}

import { withCredentials } from '../../shared/ocrolus/webhooks/endpoint.ts';
import { eventsOfLevel } from '../../shared/ocrolus/webhooks/event-names.ts';
import type { Level } from '../../shared/ocrolus/webhooks/level.ts';
import { type WebhookManagementSettings, webhookUrl } from '../../shared/ocrolus/webhooks/settings.ts';
import type { WebhookSecret } from '../../shared/webhook-secret.ts';

/** What is to be registered for an account. */
export interface Registration {
  readonly account: string;
  readonly level: Level;
  /** Where Ocrolus is to post, without credentials. */
  readonly url: string;
  readonly events: readonly string[];
}

/** What the function's own settings say. */
export function registrationOf(account: string, settings: WebhookManagementSettings): Registration {
  const { REGISTRATION_LEVEL: level, REGISTRATION_EVENTS: chosen } = settings;
  const events = chosen.length > 0 ? chosen : eventsOfLevel(level);
  return { account, level, url: webhookUrl(settings, account), events };
}

/** The URL that Ocrolus is told: with the first Basic credentials of the secret where the webhook asks for them. */
export function urlForOcrolus(
  url: string,
  secret: WebhookSecret,
  mode: WebhookManagementSettings['WEBHOOK_AUTHENTICATION'],
): string {
  return mode === 'signature' ? url : withCredentials(url, secret.basic[0]);
}

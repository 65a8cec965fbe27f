import type { Call, Change } from '../calls.ts';
import { registrationNames } from './event-names.ts';
import type { Registered } from './level.ts';

const SETTINGS = '/v1/account/settings';

const get = (operation: string, path: string): Call => ({
  operation,
  path: `${SETTINGS}/${path}`,
  weight: 'light',
});

const post = (operation: string, path: string, body: Change['body']): Change => ({
  ...get(operation, path),
  method: 'POST',
  ...(body !== undefined && { body }),
});

const webhook = (uuid: string) => `webhook/${encodeURIComponent(uuid)}`;

function configureForm(url: string, events: readonly string[]): FormData {
  const form = new FormData();
  form.set('webhook_endpoint', url);
  // One comma-separated field: repeated fields could not say "none".
  form.set('event', events.join(','));
  return form;
}

/** How the registration of an account is encoded: documents disagree (docs/ocrolus.md#registration-encoding). */
export const ENCODINGS = ['multipart', 'json'] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** The one webhook of an account (docs/ocrolus.md#account-level). */
export const accountCalls = {
  /** Replaces URL and events. No events: removes the webhook. */
  configure(url: string, events: readonly string[], encoding: Encoding): Change {
    const names = registrationNames(events);
    const body = encoding === 'json' ? { webhook_endpoint: url, event: names } : configureForm(url, names);
    return post('configure-webhook', 'update/webhook_endpoint', body);
  },
  details: () => get('webhook-configuration', 'webhook_details'),
  test: () => get('test-webhook', 'test_webhook_endpoint'),
  rotateSecret: (secret: string) =>
    post('configure-webhook-secret-account-level', 'webhook/rotate-secret', { secret_key: secret }),
};

/** The up to five webhooks of an organization (docs/ocrolus.md#organization-level). */
export const organizationCalls = {
  add: (url: string, description: string, events: readonly string[]) =>
    post('add-webhook', 'webhook', { webhook: { url, description }, event_names: registrationNames(events) }),
  list: () => get('list-webhooks', 'webhooks'),
  update: (uuid: string, { url, events, isActive }: Pick<Registered, 'url' | 'events' | 'isActive'>) =>
    post('update-webhook', `${webhook(uuid)}/update`, {
      webhook: { url, is_active: isActive },
      // An empty list is refused; without one, the events stay as they are.
      ...(events.length > 0 && { event_names: registrationNames(events) }),
    }),
  remove: (uuid: string): Change => ({
    ...get('delete-webhook', `${webhook(uuid)}/delete`),
    method: 'DELETE',
  }),
  events: (uuid: string) => get('list-events', `${webhook(uuid)}/events`),
  test: (uuid: string, eventUuid: string) =>
    post('test-org-webhook', `${webhook(uuid)}/test`, { event_uuid: eventUuid }),
  rotateSecret: (uuid: string, secret: string) =>
    post('configure-webhook-secret-org-level', `${webhook(uuid)}/rotate-secret`, { secret_key: secret }),
};

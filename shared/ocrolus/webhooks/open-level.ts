import * as z from 'zod';
import { Failure } from '../../failure.ts';
import type { Call, Change } from '../calls.ts';
import type { Answer, OcrolusClient } from '../client.ts';
import { text } from '../lenient-fields.ts';
import { withoutUrls } from './endpoint.ts';
import { eventNames, registrationNames } from './event-names.ts';
import type { Encoding, Level, Registered, WebhookLevel } from './level.ts';

/** @param encoding of the account level; the other has JSON only. @param deadline see {@link WebhookLevel}. */
export function openLevel(
  level: Level,
  client: OcrolusClient,
  encoding: Encoding,
  deadline: number,
): WebhookLevel {
  return level === 'account' ? accountLevel(client, encoding, deadline) : organizationLevel(client, deadline);
}

const get = (operation: string, path: string): Call => ({
  operation,
  path: `/v1/account/settings/${path}`,
  weight: 'light',
});

const post = (operation: string, path: string, body: Change['body']): Change => ({
  ...get(operation, path),
  method: 'POST',
  ...(body !== undefined && { body }),
});

function read<S extends z.ZodType>({ json, operation }: Answer, schema: S): z.output<S> {
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new Failure('retry', `${operation}-unreadable`);
  return parsed.data;
}

const Details = z.looseObject({
  response: z.looseObject({
    webhook_endpoint: z.string().nullish(),
    events: z.array(z.string()).nullish(),
  }),
});

const Tested = z.looseObject({
  response: z.looseObject({ resp_code: z.coerce.number().optional().catch(undefined), message: text }),
});

/** The single webhook of an account, described on the seed page (docs/ocrolus.md#account-level). */
function accountLevel(client: OcrolusClient, encoding: Encoding, deadline: number): WebhookLevel {
  /** Replaces URL and events. An empty list of events removes the webhook. */
  const configure = (url: string, events: readonly string[]) => {
    const names = registrationNames(events, 'account');
    const body = encoding === 'json' ? { webhook_endpoint: url, event: names } : configureForm(url, names);
    return client.get(post('configure-webhook', 'update/webhook_endpoint', body), deadline);
  };
  return {
    level: 'account',
    deadline,
    async list() {
      const registered = readDetails(
        await client.get(get('webhook-configuration', 'webhook_details'), deadline),
      );
      return registered === undefined ? [] : [registered];
    },
    async put({ url, events }, _existing) {
      return readDetails(await configure(url, events)) ?? { url, events: [], isActive: true };
    },
    async setSecret(_webhook, secret) {
      const body = { secret_key: secret };
      const call = post('configure-webhook-secret-account-level', 'webhook/rotate-secret', body);
      await client.get(call, deadline);
    },
    async test() {
      const { json } = await client.get(get('test-webhook', 'test_webhook_endpoint'), deadline);
      // HTTP 200 in both cases: only `resp_code` says that the webhook answered.
      const { resp_code: code, message = 'no resp_code' } = Tested.safeParse(json).data?.response ?? {};
      return code === 200 ? { ok: true, result: 'delivered' } : { ok: false, message: withoutUrls(message) };
    },
    async remove({ url }) {
      await configure(url, []);
    },
  };
}

function configureForm(url: string, events: readonly string[]): FormData {
  const form = new FormData();
  form.set('webhook_endpoint', url);
  // One comma-separated field, because repeated fields could not express an empty list.
  form.set('event', events.join(','));
  return form;
}

function readDetails(answer: Answer): Registered | undefined {
  const { webhook_endpoint: url, events } = read(answer, Details).response;
  if (url === undefined || url === null || url === '') return undefined;
  return { url, events: eventNames(events ?? []), isActive: true };
}

/** Shown in Ocrolus's Dashboard. */
const DESCRIPTION = 'ocrolus-webhooks: kept by its deployment';

const Added = z.looseObject({ response: z.looseObject({ uuid: z.string() }) });

const Listed = z.looseObject({
  response: z.looseObject({
    webhooks: z.array(
      z.looseObject({ uuid: z.string(), url: z.string(), is_active: z.boolean().default(true) }),
    ),
  }),
});

const Events = z.looseObject({
  response: z.looseObject({
    events: z.array(z.looseObject({ uuid: z.string(), name: z.string(), is_active: z.boolean() })),
  }),
});

const pathOf = (uuid: string) => `webhook/${encodeURIComponent(uuid)}`;

/** The up to five webhooks of an organization (docs/ocrolus.md#organization-level). */
function organizationLevel(client: OcrolusClient, deadline: number): WebhookLevel {
  const activeEvents = async (uuid: string) => {
    const answer = await client.get(get('list-events', `${pathOf(uuid)}/events`), deadline);
    return read(answer, Events).response.events.filter((event) => event.is_active);
  };
  const eventsOf = async (uuid: string) => eventNames((await activeEvents(uuid)).map(({ name }) => name));

  return {
    level: 'organization',
    deadline,
    async list() {
      const answer = await client.get(get('list-webhooks', 'webhooks'), deadline);
      return Promise.all(
        read(answer, Listed).response.webhooks.map(async ({ uuid, url, is_active: isActive }) => {
          return { uuid, url, events: await eventsOf(uuid), isActive };
        }),
      );
    },
    async put(wanted, existing) {
      const { url, isActive } = wanted;
      const names = { event_names: registrationNames(wanted.events, 'organization') };
      const call =
        existing === undefined
          ? post('add-webhook', 'webhook', { webhook: { url, description: DESCRIPTION }, ...names })
          : post('update-webhook', `${pathOf(uuidOf(existing))}/update`, {
              webhook: { url, is_active: isActive },
              // An empty list is refused; without the list, the events stay as they are.
              ...(wanted.events.length > 0 && names),
            });
      const answer = await client.get(call, deadline);
      const uuid = existing?.uuid ?? read(answer, Added).response.uuid;
      return { ...wanted, uuid, events: await eventsOf(uuid) };
    },
    async setSecret(webhook, secret) {
      const path = `${pathOf(uuidOf(webhook))}/rotate-secret`;
      await client.get(post('configure-webhook-secret-org-level', path, { secret_key: secret }), deadline);
    },
    async test(webhook) {
      const uuid = uuidOf(webhook);
      const [event] = await activeEvents(uuid);
      // No event is delivered until it is ticked in the Dashboard, and a test needs one.
      if (event === undefined) return { ok: true, result: 'nothing to test' };
      // The answer is the id of the test, and does not say whether the webhook accepted it.
      await client.get(
        post('test-org-webhook', `${pathOf(uuid)}/test`, { event_uuid: event.uuid }),
        deadline,
      );
      return { ok: true, result: 'accepted' };
    },
    async remove(webhook) {
      const call = get('delete-webhook', `${pathOf(uuidOf(webhook))}/delete`);
      await client.get({ ...call, method: 'DELETE' }, deadline);
    },
  };
}

function uuidOf({ uuid }: Registered): string {
  if (uuid === undefined) throw new Failure('broken', 'webhook-without-uuid');
  return uuid;
}

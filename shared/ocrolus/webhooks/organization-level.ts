import * as z from 'zod';
import { Failure } from '../../failure.ts';
import type { Answer, OcrolusClient } from '../client.ts';
import { organizationCalls as calls } from './calls.ts';
import { eventNames } from './event-names.ts';
import type { Registered, WebhookLevel } from './level.ts';

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

type Wanted = Parameters<WebhookLevel['put']>[0];

/** The webhooks of an organization (docs/ocrolus.md#organization-level). */
export function organizationLevel(client: OcrolusClient): WebhookLevel {
  const activeEvents = async (uuid: string, deadline: number) => {
    const { response } = read(await client.get(calls.events(uuid), deadline), Events);
    return response.events.filter((event) => event.is_active);
  };
  const eventsOf = async (uuid: string, deadline: number) =>
    eventNames((await activeEvents(uuid, deadline)).map(({ name }) => name));

  return {
    level: 'organization',
    async list(deadline) {
      const { webhooks } = read(await client.get(calls.list(), deadline), Listed).response;
      return Promise.all(
        webhooks.map(async ({ uuid, url, is_active: isActive }): Promise<Registered> => {
          return { uuid, url, events: await eventsOf(uuid, deadline), isActive };
        }),
      );
    },
    async put(wanted, existing, deadline) {
      const uuid = existing?.uuid ?? (await add(client, wanted, deadline));
      if (existing !== undefined) await client.send(calls.update(uuid, wanted), deadline);
      return { ...wanted, uuid, events: await eventsOf(uuid, deadline) };
    },
    async setSecret(webhook, secret, deadline) {
      await client.send(calls.rotateSecret(uuidOf(webhook), secret), deadline);
    },
    async test(webhook, deadline) {
      const uuid = uuidOf(webhook);
      const [event] = await activeEvents(uuid, deadline);
      if (event === undefined) return { ok: false, message: 'no event is subscribed to' };
      // The answer is the sample that was sent: it does not say whether the webhook accepted it.
      await client.send(calls.test(uuid, event.uuid), deadline);
      return { ok: true };
    },
    async remove(webhook, deadline) {
      await client.send(calls.remove(uuidOf(webhook)), deadline);
    },
  };
}

async function add(client: OcrolusClient, { url, events }: Wanted, deadline: number): Promise<string> {
  return read(await client.send(calls.add(url, DESCRIPTION, events), deadline), Added).response.uuid;
}

function read<S extends z.ZodType>({ json, operation }: Answer, schema: S): z.output<S> {
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new Failure('retry', `${operation}-unreadable`);
  return parsed.data;
}

function uuidOf({ uuid }: Registered): string {
  if (uuid === undefined) throw new Failure('broken', 'webhook-without-uuid');
  return uuid;
}

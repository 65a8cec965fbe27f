import * as z from 'zod';
import { Failure } from '../../failure.ts';
import type { Answer, OcrolusClient } from '../client.ts';
import { accountCalls, type Encoding } from './calls.ts';
import { withoutUrls } from './endpoint.ts';
import { eventNames } from './event-names.ts';
import type { Registered, WebhookLevel } from './level.ts';

const Details = z.looseObject({
  response: z.looseObject({
    webhook_endpoint: z.string().nullish(),
    events: z.array(z.string()).nullish(),
  }),
});

const Tested = z.looseObject({
  response: z.looseObject({
    resp_code: z.coerce.number().optional().catch(undefined),
    message: z.string().optional().catch(undefined),
  }),
});

/** The one webhook of an account, which the seed page describes (docs/ocrolus.md#account-level). */
export function accountLevel(client: OcrolusClient, encoding: Encoding): WebhookLevel {
  return {
    level: 'account',
    async list(deadline) {
      const registered = read(await client.get(accountCalls.details(), deadline));
      return registered === undefined ? [] : [registered];
    },
    async put({ url, events }, _existing, deadline) {
      const registered = read(await client.send(accountCalls.configure(url, events, encoding), deadline));
      return registered ?? { url, events: [], isActive: true };
    },
    async setSecret(_webhook, secret, deadline) {
      await client.send(accountCalls.rotateSecret(secret), deadline);
    },
    async test(_webhook, deadline) {
      const { json } = await client.get(accountCalls.test(), deadline);
      // HTTP 200 either way: only `resp_code` says that the webhook answered.
      const { resp_code: code, message = 'no resp_code' } = Tested.safeParse(json).data?.response ?? {};
      return code === 200 ? { ok: true } : { ok: false, message: withoutUrls(message) };
    },
    async remove({ url }, deadline) {
      await client.send(accountCalls.configure(url, [], encoding), deadline);
    },
  };
}

function read({ json, operation }: Answer): Registered | undefined {
  const parsed = Details.safeParse(json);
  if (!parsed.success) throw new Failure('retry', `${operation}-unreadable`);
  const { webhook_endpoint: url, events } = parsed.data.response;
  if (url === undefined || url === null || url === '') return undefined;
  return { url, events: eventNames(events ?? []), isActive: true };
}

import type { Handler } from 'aws-lambda';
import * as z from 'zod/mini';
import { webhookUrl } from '../../shared/ocrolus/webhooks/settings.ts';
import { listSetting, readSettings } from '../../shared/settings.ts';
import { post } from './post.ts';

const Settings = z.object({
  /** The stage's own URL for deliveries, with `{account}` for the account's name. */
  WEBHOOK_URL: z.url(),
  /** Addresses of the endpoint, for a host name that leads to a load balancer. Empty: DNS knows them. */
  ADDRESSES: z._default(listSetting, []),
});

const Ping = z.object({
  account: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

const settings = readSettings(Settings);

/**
 * Posts a signed ping from within the VPC of the endpoint. The function knows no secret and has no permissions: the
 * function `registration`, which cannot reach the endpoint, signs the ping and hands it over.
 *
 * @returns the status at the first address that does not answer 200, or 200. @throws the error of Node.
 */
export const handler: Handler<unknown, { readonly status: number }> = async (event) => {
  const { account, headers, body } = Ping.parse(event);
  const url = webhookUrl(settings, account);
  const addresses = settings.ADDRESSES.length > 0 ? settings.ADDRESSES : [undefined];
  const statuses = await Promise.all(addresses.map((address) => post(url, { headers, body }, address)));
  return { status: statuses.find((status) => status !== 200) ?? 200 };
};

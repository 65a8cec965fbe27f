import { isSamePlace } from '../../shared/ocrolus/webhooks/endpoint.ts';
import type { Registered, WebhookLevel } from '../../shared/ocrolus/webhooks/level.ts';
import { errorFields, type Log } from '../../shared/telemetry/log.ts';
import type { AtOcrolus } from './registration.ts';

/**
 * Restores what was registered before. If that fails, the drift check reports it.
 *
 * @param at `registered`: what Ocrolus may have now.
 * @param former what was registered, and the secret with which Ocrolus signed, when that has changed and is known.
 */
export async function restore(
  { webhooks, registered, deadline }: AtOcrolus<Pick<Registered, 'url'>>,
  { before, secret }: { readonly before: Registered | undefined; readonly secret: string | undefined },
  log: Log,
): Promise<void> {
  try {
    if (before === undefined) await removeIfThere(webhooks, registered, deadline);
    else await webhooks.put(before, before, deadline);
    if (before !== undefined && secret !== undefined) await webhooks.setSecret(before, secret, deadline);
    log.warn('registration failed: the former registration is restored', { level: webhooks.level });
  } catch (error) {
    log.error('registration failed, and the former registration could not be restored', errorFields(error));
  }
}

/** After a failure it is not known whether a webhook was added. */
async function removeIfThere(
  webhooks: WebhookLevel,
  { url }: Pick<Registered, 'url'>,
  deadline: number,
): Promise<void> {
  const found = (await webhooks.list(deadline)).find((webhook) => isSamePlace(webhook.url, url));
  if (found !== undefined) await webhooks.remove(found, deadline);
}

import { type Registered, type WebhookLevel, webhookAt } from '../../shared/ocrolus/webhooks/level.ts';
import { errorFields, type Log } from '../../shared/telemetry/log.ts';
import type { Registration, RegistrationDependencies } from './registration.ts';

/**
 * Removes an account's webhook if it still points to this stack: another deployment may have replaced it.
 *
 * @returns whether there was one.
 * @throws Failure of Ocrolus's answer.
 */
export function remove(
  { account, level, url }: Registration,
  { openLevel }: Pick<RegistrationDependencies, 'openLevel'>,
  deadline: number,
): Promise<boolean> {
  return removeAt(openLevel(account, level, deadline), url);
}

async function removeAt(webhooks: WebhookLevel, url: string): Promise<boolean> {
  const found = await webhookAt(webhooks, url);
  if (found !== undefined) await webhooks.remove(found);
  return found !== undefined;
}

/**
 * Restores the former registration. If that fails, the drift check reports it.
 *
 * @param url where a webhook may be registered now: after a failure it is not known whether it was added.
 * @param former the former webhook, and the secret with which Ocrolus signed, if that has changed and is known.
 */
export async function restore(
  webhooks: WebhookLevel,
  url: string,
  { before, secret }: { readonly before: Registered | undefined; readonly secret: string | undefined },
  log: Log,
): Promise<void> {
  try {
    if (before === undefined) await removeAt(webhooks, url);
    else await webhooks.put(before, before);
    if (before !== undefined && secret !== undefined) await webhooks.setSecret(before, secret);
    log.warn('registration failed: the former registration is restored', { level: webhooks.level });
  } catch (error) {
    log.error('registration failed, and the former registration could not be restored', errorFields(error));
  }
}

import { isSamePlace } from '../../shared/ocrolus/webhooks/endpoint.ts';
import type { Registration } from './desired.ts';
import type { RegistrationDependencies } from './registration.ts';

/**
 * Removes an account's webhook if it still points at this stack: another deployment may have replaced it.
 *
 * @returns whether there was one.
 * @throws Failure of what Ocrolus answered.
 */
export async function remove(
  { account, level, url }: Registration,
  { openLevel }: Pick<RegistrationDependencies, 'openLevel'>,
  deadline: number,
): Promise<boolean> {
  const webhooks = openLevel(account, level);
  const ours = (await webhooks.list(deadline)).find((webhook) => isSamePlace(webhook.url, url));
  if (ours === undefined) return false;
  await webhooks.remove(ours, deadline);
  return true;
}

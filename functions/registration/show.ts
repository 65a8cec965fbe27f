import { shownUrl } from '../../shared/ocrolus/webhooks/endpoint.ts';
import type { RegistrationReport } from '../../shared/ocrolus/webhooks/reports.ts';
import { type Registration, urlForOcrolus } from './desired.ts';
import { differenceOf, isDrift } from './difference.ts';
import { ownWebhook, type RegistrationDependencies } from './registration.ts';

/** Compares an account's webhook with the desired one, and changes nothing. @throws Failure of what Ocrolus answered. */
export async function show(
  registration: Registration,
  { openLevel, readSecret, authentication }: RegistrationDependencies,
  deadline: number,
): Promise<RegistrationReport> {
  const { account, level, url, events } = registration;
  const found = ownWebhook(await openLevel(account, level).list(deadline), level, [url]);
  const secret = await readSecret(account);
  const difference = differenceOf({ url: urlForOcrolus(url, secret, authentication), events }, found);
  return {
    account,
    level,
    wanted: { url: shownUrl(url), events: [...events] },
    registered: found === undefined ? null : { url: shownUrl(found.url), events: [...found.events] },
    difference,
    drift: isDrift(difference),
  };
}

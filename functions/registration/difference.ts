import { isSamePlace, isSameUrl, shownUrl } from '../../shared/ocrolus/webhooks/endpoint.ts';
import { MAY_BE_DROPPED } from '../../shared/ocrolus/webhooks/event-names.ts';
import type { Level, Registered } from '../../shared/ocrolus/webhooks/level.ts';
import type { Difference, RegistrationReport } from '../../shared/ocrolus/webhooks/reports.ts';
import {
  ownWebhook,
  type Registration,
  type RegistrationDependencies,
  urlForOcrolus,
} from './registration.ts';

/** Compares an account's webhook with the desired one, and changes nothing. @throws Failure of Ocrolus's answer. */
export async function show(
  registration: Registration,
  { openLevel, readSecret, authentication }: RegistrationDependencies,
  deadline: number,
): Promise<RegistrationReport> {
  const { account, level, url, events } = registration;
  const found = ownWebhook(await openLevel(account, level, deadline).list(), level, [url]);
  const secret = await readSecret(account);
  const difference = differenceOf({ url: urlForOcrolus(url, secret, authentication), events }, found);
  const { webhook, missing, unasked } = difference;
  return {
    account,
    level,
    wanted: { url: shownUrl(url), events: [...events] },
    registered: found === undefined ? null : { url: shownUrl(found.url), events: [...found.events] },
    difference,
    waitsForDashboard: webhook === 'same' && waitsForDashboard(level, found),
    drift: webhook !== 'same' || missing.length > 0 || unasked.length > 0,
  };
}

/**
 * True for a webhook of an organization that has no events yet: Ocrolus accepts none until they are ticked in the Dashboard
 * (docs/ocrolus.md#organization-level).
 */
export function waitsForDashboard(level: Level, found: Registered | undefined): boolean {
  return level === 'organization' && found?.events.length === 0;
}

/** @param desired with the credentials that Ocrolus should have, in its URL. */
export function differenceOf(
  desired: { readonly url: string; readonly events: readonly string[] },
  registered: Registered | undefined,
): Difference {
  const has = new Set(registered?.events);
  const absent = desired.events.filter((name) => !has.has(name));
  const droppable = new Set<string>(MAY_BE_DROPPED);
  return {
    webhook: compareWebhook(desired.url, registered),
    missing: absent.filter((name) => !droppable.has(name)),
    dropped: absent.filter((name) => droppable.has(name)),
    unasked: [...has].filter((name) => !desired.events.includes(name)),
  };
}

function compareWebhook(url: string, registered: Registered | undefined): Difference['webhook'] {
  if (registered === undefined) return 'none';
  if (!isSamePlace(url, registered.url)) return 'other';
  if (!isSameUrl(url, registered.url)) return 'credentials';
  return registered.isActive ? 'same' : 'off';
}

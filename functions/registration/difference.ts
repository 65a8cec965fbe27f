import { isSamePlace, isSameUrl } from '../../shared/ocrolus/webhooks/endpoint.ts';
import { MAY_BE_DROPPED } from '../../shared/ocrolus/webhooks/event-names.ts';
import type { Registered } from '../../shared/ocrolus/webhooks/level.ts';
import type { Difference } from '../../shared/ocrolus/webhooks/reports.ts';

/** @param desired its URL carries the credentials that Ocrolus should have. */
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

/** Whether an operator has to act. */
export function isDrift({ webhook, missing, unasked }: Difference): boolean {
  return webhook !== 'same' || missing.length > 0 || unasked.length > 0;
}

function compareWebhook(url: string, registered: Registered | undefined): Difference['webhook'] {
  if (registered === undefined) return 'none';
  if (!isSamePlace(url, registered.url)) return 'other';
  if (!isSameUrl(url, registered.url)) return 'credentials';
  return registered.isActive ? 'same' : 'off';
}

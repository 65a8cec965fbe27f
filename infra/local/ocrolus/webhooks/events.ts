import type { Moment } from '../state/moments.ts';
import { legacyEvent } from './legacy-events.ts';
import { organizationEvent } from './organization-events.ts';
import type { WebhookEvent } from './webhook-event.ts';

/**
 * `legacy`: the nine names of the seed page, six of them in the old envelope. `organization`: the current
 * dotted names, which announce more. `mixed`: the old name of a moment that has one, else the current name, as the list of
 * the account level has both (docs/ocrolus.md#account-level).
 */
export const VOCABULARIES = ['legacy', 'organization', 'mixed'] as const;

export type Vocabulary = (typeof VOCABULARIES)[number];

/** What a vocabulary says about a moment; `undefined` when it has no word for it. */
export function eventOf(
  moment: Moment,
  vocabulary: Vocabulary,
  withRequestIds: boolean,
): WebhookEvent | undefined {
  const legacy = vocabulary === 'organization' ? undefined : legacyEvent(moment, withRequestIds);
  return legacy ?? (vocabulary === 'legacy' ? undefined : organizationEvent(moment, withRequestIds));
}

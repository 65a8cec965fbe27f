import type { Moment } from '../state/moments.ts';
import { legacyEvent } from './legacy-events.ts';
import { organizationEvent } from './organization-events.ts';
import type { WebhookEvent } from './webhook-event.ts';

/**
 * `legacy`: the nine names of the seed page, six of them in the old envelope. `organization`: the current
 * dotted names, which announce more.
 */
export type Vocabulary = 'legacy' | 'organization';

/** What a vocabulary says about a moment; `undefined` when it has no word for it. */
export function eventOf(
  moment: Moment,
  vocabulary: Vocabulary,
  withRequestIds: boolean,
): WebhookEvent | undefined {
  return vocabulary === 'legacy'
    ? legacyEvent(moment, withRequestIds)
    : organizationEvent(moment, withRequestIds);
}

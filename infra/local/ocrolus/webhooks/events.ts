import type { Moment } from '../state/moments.ts';
import { legacyEvent } from './legacy-events.ts';
import { organizationEvent } from './organization-events.ts';

/**
 * `legacy`: the nine names of the seed page, six of them in the old envelope. `organization`: the current
 * dotted names, which announce more.
 */
export type Vocabulary = 'legacy' | 'organization';

export interface WebhookEvent {
  readonly eventName: string;
  /** To be sent as JSON; pks keep their digits. */
  readonly body: Readonly<Record<string, unknown>>;
}

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

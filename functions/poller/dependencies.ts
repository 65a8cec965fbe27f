import * as z from 'zod/mini';
import { ocrolusSettings } from '../../shared/ocrolus/settings.ts';
import { type Dependencies, openDependencies } from '../../shared/open-dependencies.ts';
import type { Ports } from '../../shared/ports.ts';
import { checklistSettings } from '../../shared/reconcile/context.ts';
import {
  booleanSetting,
  commonSettings,
  numberSetting,
  POLL_DEFAULTS,
  readSettings,
} from '../../shared/settings.ts';

export const PollerSettings = z.object({
  ...commonSettings,
  ...ocrolusSettings,
  ...checklistSettings,
  TABLE_NAME: z.string(),
  /** Bucket from which the poller removes bodies of forgotten books. */
  BUCKET_NAME: z.string(),
  /** Queue of the channel whose consumer looks at due books. */
  LOOK_QUEUE_URL: z.url(),
  /** Maximum number of books handed over per second, and of pages of the accounts' lists. */
  POLL_REQUESTS_PER_SECOND: z._default(numberSetting(0.1, 10_000), POLL_DEFAULTS.requestsPerSecond),
  /** Whether to search for books that no webhook has mentioned. */
  POLL_DISCOVER: z._default(booleanSetting, POLL_DEFAULTS.discover),
  /** Date before which books are not discovered. */
  POLL_DISCOVER_FROM: z.optional(z.iso.date()),
});

export type PollerSettings = z.infer<typeof PollerSettings>;

/** The dependencies of the poller. */
export interface PollerDependencies extends Dependencies {
  readonly settings: PollerSettings;
}

/** Opens the dependencies of the poller. @param given by default the real ports of the Lambda. */
export function openPoller(
  settings: PollerSettings = readSettings(PollerSettings),
  given?: Ports,
): PollerDependencies {
  return { ...openDependencies(settings, given, false), settings };
}

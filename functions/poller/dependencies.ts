import * as z from 'zod/mini';
import { ocrolusSettings } from '../../shared/ocrolus/settings.ts';
import { type Dependencies, openDependencies } from '../../shared/open-dependencies.ts';
import type { Ports } from '../../shared/ports.ts';
import { checklistSettings } from '../../shared/reconcile/settings.ts';
import { POLL_DEFAULTS } from '../../shared/setting-defaults.ts';
import { booleanSetting, commonSettings, numberSetting, readSettings } from '../../shared/settings.ts';

export const PollerSettings = z.object({
  ...commonSettings,
  ...ocrolusSettings,
  ...checklistSettings,
  TABLE_NAME: z.string(),
  /** The poller removes bodies of forgotten books from it. */
  BUCKET_NAME: z.string(),
  /** Of the channel whose consumer looks at due books. */
  LOOK_QUEUE_URL: z.url(),
  /** Books handed over per second, and pages of the accounts' lists, at most. */
  POLL_REQUESTS_PER_SECOND: z._default(numberSetting(0.1, 10_000), POLL_DEFAULTS.requestsPerSecond),
  /** Whether to search for books that no webhook has ever mentioned. */
  POLL_DISCOVER: z._default(booleanSetting, POLL_DEFAULTS.discover),
  /** Older books are not discovered. */
  POLL_DISCOVER_FROM: z.optional(z.iso.date()),
});

export type PollerSettings = z.infer<typeof PollerSettings>;

/** The dependencies of the poller. */
export interface PollerDependencies extends Dependencies {
  readonly settings: PollerSettings;
}

/** Opens the dependencies of the poller. @param given the real ports of the Lambda when absent. */
export function openPoller(
  settings: PollerSettings = readSettings(PollerSettings),
  given?: Ports,
): PollerDependencies {
  return { ...openDependencies(settings, given, false), settings };
}

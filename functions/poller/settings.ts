import * as z from 'zod/mini';
import { CHANNELS } from '../../shared/events/channels.ts';
import { ocrolusSettings } from '../../shared/ocrolus/settings.ts';
import { checklistSettings } from '../../shared/reconcile/settings.ts';
import { POLL_DEFAULTS } from '../../shared/setting-defaults.ts';
import {
  booleanSetting,
  commonSettings,
  integerSetting,
  jsonSetting,
  numberSetting,
} from '../../shared/settings.ts';

export const PollerSettings = z.object({
  ...commonSettings,
  ...ocrolusSettings,
  ...checklistSettings,
  TABLE_NAME: z.string(),
  /** The poller removes bodies of forgotten books from it. */
  BUCKET_NAME: z.string(),
  QUEUE_URLS: jsonSetting(z.record(z.enum(CHANNELS), z.url())),
  /** The poller's share of the organization's rate limit. */
  POLL_REQUESTS_PER_SECOND: z._default(numberSetting(0.1, 10_000), POLL_DEFAULTS.requestsPerSecond),
  /** Whether to search for books that no webhook has ever mentioned. */
  POLL_DISCOVER: z._default(booleanSetting, POLL_DEFAULTS.discover),
  /** Older books are not discovered. */
  POLL_DISCOVER_FROM: z.optional(z.iso.date()),
  /** A result that is missing for longer is counted as overdue. */
  OVERDUE_HOURS: z._default(integerSetting(1, 8760), POLL_DEFAULTS.overdueHours),
});

export type PollerSettings = z.infer<typeof PollerSettings>;

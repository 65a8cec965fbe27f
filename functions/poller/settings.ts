import * as z from 'zod';
import { CHANNELS } from '../../shared/events/channels.ts';
import { EXPECTABLE } from '../../shared/events/poll-events.ts';
import { ocrolusSettings } from '../../shared/ocrolus/settings.ts';
import {
  booleanSetting,
  commonSettings,
  integerSetting,
  jsonSetting,
  numberSetting,
} from '../../shared/settings.ts';

const expected = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )
  .pipe(z.array(z.enum(EXPECTABLE)));

export const PollerSettings = z.object({
  ...commonSettings,
  ...ocrolusSettings,
  TABLE_NAME: z.string(),
  QUEUE_URLS: jsonSetting(z.record(z.enum(CHANNELS), z.url())),
  /** Shortest and longest time between two looks at a book at work. */
  POLL_MIN_SECONDS: integerSetting(1, 86_400).default(300),
  POLL_MAX_SECONDS: integerSetting(1, 604_800).default(21_600),
  /** How long a webhook may be late; Ocrolus tries for about ten minutes (domain reference section 6). */
  POLL_GRACE_SECONDS: integerSetting(1, 86_400).default(600),
  /** How long a finished book is looked at for being reopened. */
  POLL_HORIZON_DAYS: numberSetting(0, 3650).default(30),
  /** The poller's share of the organization's rate limit. */
  POLL_REQUESTS_PER_SECOND: numberSetting(0.1, 10_000).default(5),
  POLL_EXPECT: expected.default(['analytics', 'detect']),
  /** Whether to look for books that no webhook has ever mentioned. */
  POLL_DISCOVER: booleanSetting.default(true),
});

export type PollerSettings = z.infer<typeof PollerSettings>;

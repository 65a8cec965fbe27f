import * as z from 'zod/mini';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { GUIDELINES } from '../../../shared/ocrolus/calls.ts';
import { ocrolusSettings } from '../../../shared/ocrolus/settings.ts';
import { checklistSettings } from '../../../shared/reconcile/settings.ts';
import { LEDGER_DAYS, POLL_DEFAULTS } from '../../../shared/setting-defaults.ts';
import { booleanSetting, commonSettings, integerSetting, listSetting } from '../../../shared/settings.ts';

/** Whole seconds, comma-separated; empty for none. */
const secondsList = z.pipe(listSetting, z.array(integerSetting(1, 900)));

export const ConsumerSettings = z.object({
  ...commonSettings,
  ...ocrolusSettings,
  ...checklistSettings,
  /** The channel that it consumes. */
  CHANNEL: z.enum(CHANNELS),
  TABLE_NAME: z.string(),
  BUCKET_NAME: z.string(),
  /** The consumer's own queue: to change a message's visibility, and to send it again. */
  QUEUE_URL: z.url(),
  /** Whether the poller reads the accounts' lists of books; otherwise a look asks for what only they have. */
  POLL_DISCOVER: z._default(booleanSetting, POLL_DEFAULTS.discover),
  /** A result that is missing for longer is counted as overdue. */
  OVERDUE_HOURS: z._default(integerSetting(1, 8760), POLL_DEFAULTS.overdueHours),
  /** Waits between quick retries for a result that Ocrolus does not have yet; then looks take over. */
  QUICK_RETRY_SECONDS: z._default(secondsList, [...POLL_DEFAULTS.quickRetrySeconds]),
  /** The rules by which income is calculated; Ocrolus's default where absent. */
  INCOME_GUIDELINE: z.optional(z.enum(GUIDELINES)),
  /** How long the ledger keeps an entry. */
  LEDGER_DAYS: z._default(integerSetting(1, 3650), LEDGER_DAYS),
  /** How long it keeps an entry with the body of a delivery. Absent: as long. */
  PAYLOAD_DAYS: z.optional(integerSetting(1, 3650)),
});

export type ConsumerSettings = z.infer<typeof ConsumerSettings>;

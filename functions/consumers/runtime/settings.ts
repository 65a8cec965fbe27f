import * as z from 'zod/mini';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { Parameters } from '../../../shared/ocrolus/parameters.ts';
import { ocrolusSettings } from '../../../shared/ocrolus/settings.ts';
import { checklistSettings } from '../../../shared/reconcile/context.ts';
import {
  booleanSetting,
  commonSettings,
  integerSetting,
  jsonSetting,
  LEDGER_DAYS,
  listSetting,
  POLL_DEFAULTS,
} from '../../../shared/settings.ts';

/** Numbers of seconds, whole and from 1 to 900, separated by commas; empty for none. */
const secondsList = z.pipe(listSetting, z.array(integerSetting(1, 900)));

export const ConsumerSettings = z.object({
  ...commonSettings,
  ...ocrolusSettings,
  ...checklistSettings,
  /** Channel of the consumer. */
  CHANNEL: z.enum(CHANNELS),
  TABLE_NAME: z.string(),
  BUCKET_NAME: z.string(),
  /** The consumer's own queue, for changing the visibility of a message and for sending another one. */
  QUEUE_URL: z.url(),
  /** Whether the poller reads the accounts' lists of books. If not, a look asks Book info for a book's `xid` and type. */
  POLL_DISCOVER: z._default(booleanSetting, POLL_DEFAULTS.discover),
  /** Hours after which a missing result counts as overdue. */
  OVERDUE_HOURS: z._default(integerSetting(1, 8760), POLL_DEFAULTS.overdueHours),
  /** Seconds before each quick retry of a delivery whose result, or book, Ocrolus does not show yet. */
  QUICK_RETRY_SECONDS: z._default(secondsList, [...POLL_DEFAULTS.quickRetrySeconds]),
  /** Parameters that the lender has chosen, by operation. */
  PARAMETERS: z._default(jsonSetting(Parameters), {}),
  /** Days for which the ledger keeps an entry. */
  LEDGER_DAYS: z._default(integerSetting(1, 3650), LEDGER_DAYS),
  /** Days for which it keeps an entry with the body of a delivery. Absent: the same. */
  PAYLOAD_DAYS: z.optional(integerSetting(1, 3650)),
});

export type ConsumerSettings = z.infer<typeof ConsumerSettings>;

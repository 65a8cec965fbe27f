import * as z from 'zod/mini';
import { DEFAULT_RESULTS, POLICIES, RESULT_KINDS, type ResultsPolicy } from '../checklist/kinds.ts';
import { POLL_DEFAULTS } from '../setting-defaults.ts';
import { integerSetting, jsonSetting, numberSetting } from '../settings.ts';

/** The policy for each kind of result; kinds that a stage does not name have their default. */
export const ResultsSetting = z.pipe(
  z.partialRecord(z.enum(RESULT_KINDS), z.enum(POLICIES)),
  z.transform((named: Partial<ResultsPolicy>): ResultsPolicy => ({ ...DEFAULT_RESULTS, ...named })),
);

/** The settings of consumers and poller on which checklist and schedule depend. */
export const checklistSettings = {
  RESULTS: z._default(jsonSetting(ResultsSetting), DEFAULT_RESULTS),
  /** Shortest and longest time until the same thing is asked for again, in seconds. */
  POLL_MIN_SECONDS: z._default(integerSetting(1, 86_400), POLL_DEFAULTS.minSeconds),
  POLL_MAX_SECONDS: z._default(integerSetting(1, 604_800), POLL_DEFAULTS.maxSeconds),
  /** How long a webhook may be late, in seconds; Ocrolus tries for about ten minutes (docs/ocrolus.md#retries). */
  POLL_GRACE_SECONDS: z._default(integerSetting(1, 86_400), POLL_DEFAULTS.graceSeconds),
  /** For how long a book or entry that does not change is asked about at the usual pace. */
  POLL_HORIZON_DAYS: z._default(numberSetting(0, 3650), POLL_DEFAULTS.horizonDays),
  /** For how many days results are kept, and books with their documents. Absent: permanently. */
  RESULT_DAYS: z.optional(integerSetting(1, 3650)),
  DOCUMENT_DAYS: z.optional(integerSetting(1, 3650)),
  /** Shrinks every time of checklist, poller and circuit: 1 in a deployment, less in the local stack. */
  TIME_SCALE: z._default(numberSetting(0.000_001, 1), 1),
};

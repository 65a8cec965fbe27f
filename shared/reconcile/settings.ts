import * as z from 'zod';
import { DEFAULT_RESULTS, POLICIES, RESULT_KINDS, type ResultsPolicy } from '../checklist/kinds.ts';
import { integerSetting, jsonSetting, numberSetting } from '../settings.ts';

/** What a stage wants of each kind of result; kinds that it does not name have their default. */
export const ResultsSetting = z
  .partialRecord(z.enum(RESULT_KINDS), z.enum(POLICIES))
  .transform((named): ResultsPolicy => ({ ...DEFAULT_RESULTS, ...named }));

/** The settings of consumers and poller on which checklist and schedule depend. */
export const checklistSettings = {
  RESULTS: jsonSetting(ResultsSetting).default(DEFAULT_RESULTS),
  /** Shortest and longest time until the same thing is asked for again, in seconds. */
  POLL_MIN_SECONDS: integerSetting(1, 86_400).default(300),
  POLL_MAX_SECONDS: integerSetting(1, 604_800).default(21_600),
  /** How long a webhook may be late, in seconds; Ocrolus tries for about ten minutes (docs/ocrolus.md#retries). */
  POLL_GRACE_SECONDS: integerSetting(1, 86_400).default(600),
  /** For how long a book or entry that does not change is asked about at the usual pace. */
  POLL_HORIZON_DAYS: numberSetting(0, 3650).default(30),
  /** For how many days results are kept, and books with their documents. Absent: permanently. */
  RESULT_DAYS: integerSetting(1, 3650).optional(),
  DOCUMENT_DAYS: integerSetting(1, 3650).optional(),
  /** Shrinks every time of checklist, poller and circuit: 1 in a deployment, less in the local stack. */
  TIME_SCALE: numberSetting(0.000_001, 1).default(1),
};

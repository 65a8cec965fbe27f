import * as z from 'zod/mini';
import { DEFAULT_RESULTS, POLICIES, RESULT_KINDS, type ResultsPolicy } from '../checklist/kinds.ts';
import { POLL_DEFAULTS } from '../setting-defaults.ts';
import { integerSetting, jsonSetting, numberSetting } from '../settings.ts';

/** Policy for each kind of result; kinds that a stage does not name have their default. */
export const ResultsSetting = z.pipe(
  z.partialRecord(z.enum(RESULT_KINDS), z.enum(POLICIES)),
  z.transform((named: Partial<ResultsPolicy>): ResultsPolicy => ({ ...DEFAULT_RESULTS, ...named })),
);

/** Settings of consumers and poller for checklist and schedule. */
export const checklistSettings = {
  RESULTS: z._default(jsonSetting(ResultsSetting), DEFAULT_RESULTS),
  /** Shortest and longest wait between two requests for the same thing, in seconds. */
  POLL_MIN_SECONDS: z._default(integerSetting(1, 86_400), POLL_DEFAULTS.minSeconds),
  POLL_MAX_SECONDS: z._default(integerSetting(1, 604_800), POLL_DEFAULTS.maxSeconds),
  /** Time that a webhook may take, in seconds; Ocrolus tries for about ten minutes (docs/ocrolus.md#retries). */
  POLL_GRACE_SECONDS: z._default(integerSetting(1, 86_400), POLL_DEFAULTS.graceSeconds),
  /** Days for which an unchanged book or entry is asked about at the usual pace. */
  POLL_HORIZON_DAYS: z._default(numberSetting(0, 3650), POLL_DEFAULTS.horizonDays),
  /** Days for which results, and books with their documents, are kept. Absent: permanently. */
  RESULT_DAYS: z.optional(integerSetting(1, 3650)),
  DOCUMENT_DAYS: z.optional(integerSetting(1, 3650)),
  /** Factor for every time of checklist, poller and circuit: 1 in a deployment, less in the local stack. */
  TIME_SCALE: z._default(numberSetting(0.000_001, 1), 1),
};

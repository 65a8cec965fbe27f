import * as z from 'zod';
import { GUIDELINES } from '../../shared/ocrolus/calls.ts';
import { BESIDE_OTHER_FAULTS } from './faults.ts';

const HttpsUrl = z.url({ protocol: /^https$/, error: 'must be an https:// URL' });

/** How Ocrolus's API is reached, and how much of its rate limit this deployment uses. */
export const OcrolusAccess = z.strictObject({
  apiUrl: HttpsUrl.default('https://api.ocrolus.com'),
  authUrl: HttpsUrl.default('https://auth.ocrolus.com'),
  /** How the token endpoint wants the client credentials. */
  tokenFormat: z.enum(['json', 'form', 'basic']).default('json'),
  /** Sent with the token request when given. */
  audience: z.string().min(1).optional(),
  /** By whose rules income is calculated. Absent: Ocrolus's default, `FANNIE_MAE`. */
  incomeGuideline: z.enum(GUIDELINES, { error: `must be one of: ${GUIDELINES.join(', ')}` }).optional(),
  /**
   * Shared by every Lambda and every account of this deployment. Ocrolus allows the organization 20; the rest is left
   * to the lender's own uploads.
   */
  requestsPerSecond: z.number().min(0.1).max(1000).default(12),
  /** The limit of the four heavy analytics calls. */
  heavyRequestsPerSecond: z.number().min(0.1).max(1000).default(1),
});

export type OcrolusAccess = z.output<typeof OcrolusAccess>;

/** How the poller finds what no webhook announced, and what was not available at once. */
export const Poll = z
  .strictObject({
    /** Minutes between two runs. */
    minutes: z.int().min(1).max(60).default(5),
    /** Shortest and longest time until the same book or result is asked for again. */
    minSeconds: z.int().min(1).max(86_400).default(300),
    maxSeconds: z.int().min(1).max(604_800).default(21_600),
    /** How late a webhook may be before what it would have announced counts as missed. */
    graceSeconds: z.int().min(1).max(86_400).default(600),
    /** For how many days a book or result that does not change is asked about at the usual pace. Then it is monthly. */
    horizonDays: z.int().min(1).max(3650).default(30),
    /** The poller's share of `ocrolus.requestsPerSecond`. */
    requestsPerSecond: z.number().min(0.1).max(1000).default(5),
    /** Whether the poller pages through the account's list to find books that no webhook has mentioned. */
    discover: z.boolean().default(true),
    /** Books that were created before this day are not discovered. Absent: all are. */
    discoverFrom: z.iso.date('must be a date such as 2026-03-01').optional(),
    /**
     * Quick retries of a delivery for a result that Ocrolus does not have yet, in seconds from one to the next. After
     * them the poller asks for it.
     */
    quickRetrySeconds: z.array(z.int().min(1).max(900)).max(5).default([3, 15]),
  })
  .superRefine(({ minSeconds, maxSeconds }, context) => {
    if (minSeconds > maxSeconds) {
      context.addIssue({ code: 'custom', path: ['minSeconds'], message: 'must not exceed poll.maxSeconds' });
    }
  }, BESIDE_OTHER_FAULTS);

export type Poll = z.output<typeof Poll>;

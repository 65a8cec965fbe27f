import * as z from 'zod';
import { BESIDE_OTHER_FAULTS } from './faults.ts';

const HttpsUrl = z.url({ protocol: /^https$/, error: 'must be an https:// URL' });

/** How Ocrolus's API is reached, and how much of its rate limit is ours. */
export const OcrolusAccess = z.strictObject({
  apiUrl: HttpsUrl.default('https://api.ocrolus.com'),
  authUrl: HttpsUrl.default('https://auth.ocrolus.com'),
  /** How the token endpoint wants the client credentials. */
  tokenFormat: z.enum(['json', 'form', 'basic']).default('json'),
  /** Sent with the token request when given. */
  audience: z.string().min(1).optional(),
  /** The organization's limit, shared by every Lambda and every account of this deployment. */
  requestsPerSecond: z.number().min(0.1).max(1000).default(20),
  /** The limit of the four heavy analytics calls. */
  heavyRequestsPerSecond: z.number().min(0.1).max(1000).default(1),
});

export type OcrolusAccess = z.output<typeof OcrolusAccess>;

/** How the poller looks for what no webhook announced. */
export const Poll = z
  .strictObject({
    /** Minutes between two runs. */
    minutes: z.int().min(1).max(60).default(5),
    /** Shortest and longest wait before a book is asked about again. */
    minSeconds: z.int().min(1).max(86_400).default(300),
    maxSeconds: z.int().min(1).max(604_800).default(21_600),
    /** How long a webhook gets to arrive before what the poller sees counts as missed. */
    graceSeconds: z.int().min(1).max(86_400).default(600),
    /** For how many days a finished book is still looked at: it reopens when a document is added. */
    horizonDays: z.int().min(1).max(3650).default(30),
    /** The poller's share of `ocrolus.requestsPerSecond`. */
    requestsPerSecond: z.number().min(0.1).max(1000).default(5),
    /** Which results every book is expected to get, apart from capture. */
    expect: z
      .array(z.enum(['analytics', 'detect', 'income']))
      .refine((names) => new Set(names).size === names.length, 'must not name a result twice')
      .default(['analytics', 'detect']),
    /** Whether books that no webhook ever mentioned are searched for. */
    discover: z.boolean().default(true),
    /**
     * Quick tries of a webhook for a result that Ocrolus does not have yet, in seconds from one to the next. After
     * them the poller comes back for it.
     */
    quickRetrySeconds: z.array(z.int().min(1).max(900)).max(5).default([3, 15]),
  })
  .superRefine(({ minSeconds, maxSeconds }, context) => {
    if (minSeconds > maxSeconds) {
      context.addIssue({ code: 'custom', path: ['minSeconds'], message: 'must not exceed poll.maxSeconds' });
    }
  }, BESIDE_OTHER_FAULTS);

export type Poll = z.output<typeof Poll>;

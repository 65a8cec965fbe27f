import * as z from 'zod';
import { LEVELS } from './level.ts';

/** What Ocrolus has, compared with what is desired. */
export const Difference = z.object({
  /**
   * `none`: nothing is registered. `other`: it points elsewhere. `credentials`: it points here, with other Basic
   * credentials. `off`: it was switched off.
   */
  webhook: z.enum(['same', 'none', 'other', 'credentials', 'off']),
  /** Asked for, and not subscribed to. */
  missing: z.array(z.string()),
  /** Left out as expected: names of the seed page that Ocrolus no longer has. */
  dropped: z.array(z.string()),
  /** Subscribed to, and not asked for. */
  unasked: z.array(z.string()),
});

export type Difference = z.infer<typeof Difference>;

/** Without credentials in the URL. */
const Webhook = z.object({ url: z.string(), events: z.array(z.string()) });

/** The outcome of registering an account. */
export const RegisterReport = Webhook.extend({
  account: z.string(),
  level: z.enum(LEVELS),
  difference: Difference,
  /** `ok`, or what Ocrolus said of its test delivery. */
  test: z.string(),
  /** Where the webhook pointed before, when that was elsewhere. */
  replaced: z.string().optional(),
});

export type RegisterReport = z.infer<typeof RegisterReport>;

/** The outcome of removing an account's webhook. `removed` is `false` where none pointed here. */
export const UnregisterReport = z.object({ account: z.string(), removed: z.boolean() });

export type UnregisterReport = z.infer<typeof UnregisterReport>;

/** What an account has registered. */
export const RegistrationReport = z.object({
  account: z.string(),
  level: z.enum(LEVELS),
  wanted: Webhook,
  registered: Webhook.nullable(),
  difference: Difference,
  /** Whether an operator has to act. */
  drift: z.boolean(),
});

export type RegistrationReport = z.infer<typeof RegistrationReport>;

/** Why there is no report of an account, in words for an operator. */
export const NoReport = z.object({ account: z.string(), error: z.string() });

export type NoReport = z.infer<typeof NoReport>;

export function isNoReport(report: object): report is NoReport {
  return 'error' in report;
}

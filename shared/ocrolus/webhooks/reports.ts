import * as z from 'zod';
import { LEVELS } from './level.ts';

/** Differences between the registered webhook and the desired one. */
export const Difference = z.object({
  /**
   * `none`: nothing is registered. `other`: the webhook points elsewhere. `credentials`: it points here, with other
   * Basic credentials. `off`: it is switched off.
   */
  webhook: z.enum(['same', 'none', 'other', 'credentials', 'off']),
  /** Desired, but not subscribed to. */
  missing: z.array(z.string()),
  /** Absent as expected: names of the seed page that Ocrolus no longer has. */
  dropped: z.array(z.string()),
  /** Subscribed to, but not desired. */
  unasked: z.array(z.string()),
});

export type Difference = z.infer<typeof Difference>;

/** URLs are shown without credentials. */
const Webhook = z.object({ url: z.string(), events: z.array(z.string()) });

/** Result of registering an account. */
export const RegisterReport = Webhook.extend({
  account: z.string(),
  level: z.enum(LEVELS),
  difference: Difference,
  /** `ok`, or Ocrolus's message about its test delivery. */
  test: z.string(),
  /** Previous target of the webhook, if it pointed elsewhere. */
  replaced: z.string().optional(),
});

export type RegisterReport = z.infer<typeof RegisterReport>;

/** Result of removing an account's webhook. `removed` is `false` if none pointed here. */
export const UnregisterReport = z.object({ account: z.string(), removed: z.boolean() });

export type UnregisterReport = z.infer<typeof UnregisterReport>;

/** Registration of an account. */
export const RegistrationReport = z.object({
  account: z.string(),
  level: z.enum(LEVELS),
  wanted: Webhook,
  registered: Webhook.nullable(),
  difference: Difference,
  /** True if an operator has to act. */
  drift: z.boolean(),
});

export type RegistrationReport = z.infer<typeof RegistrationReport>;

/** Reason for a missing report of an account, in words for an operator. */
export const NoReport = z.object({ account: z.string(), error: z.string() });

export type NoReport = z.infer<typeof NoReport>;

export function isNoReport(report: object): report is NoReport {
  return 'error' in report;
}

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

const WAITING = {
  /** True if Ocrolus delivers nothing until the events are ticked in the Dashboard (docs/decisions/0012). */
  waitsForDashboard: z.boolean().default(false),
};

/** What an operator does about a webhook that waits for the Dashboard. */
export const TICK_EVENTS =
  "tick the missing events of this webhook in Ocrolus's Dashboard, then run ops register";

/** Result of registering an account. */
export const RegisterReport = Webhook.extend({
  account: z.string(),
  level: z.enum(LEVELS),
  difference: Difference,
  /**
   * `ok`: Ocrolus delivered its test. `accepted`: it accepted the call, which is all that the organization level says.
   * Else `nothing to test`, or Ocrolus's message.
   */
  test: z.string(),
  ...WAITING,
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
  ...WAITING,
});

export type RegistrationReport = z.infer<typeof RegistrationReport>;

/** Reason for a missing report of an account, in words for an operator. */
export const NoReport = z.object({ account: z.string(), error: z.string() });

export type NoReport = z.infer<typeof NoReport>;

export function isNoReport(report: object): report is NoReport {
  return 'error' in report;
}

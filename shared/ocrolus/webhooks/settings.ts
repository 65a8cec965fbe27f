import * as z from 'zod/mini';
import { jsonSetting, listSetting, REGISTRATION_DEFAULTS } from '../../settings.ts';
import { ocrolusSettings } from '../settings.ts';
import { ENCODINGS, LEVELS } from './level.ts';

/** The settings of the functions that manage webhooks at Ocrolus. */
export const webhookSettings = {
  ...ocrolusSettings,
  /** Maps each account to its API credentials, and to the secret with which its deliveries are signed. */
  ACCOUNTS: jsonSetting(
    z.record(z.string(), z.object({ credentials: z.string(), webhookSecret: z.string() })),
  ),
  /** URL for deliveries, with `{account}` for the account's name and without Basic credentials. */
  WEBHOOK_URL: z.url(),
  WEBHOOK_AUTHENTICATION: z._default(
    z.enum(['signature', 'basic', 'either', 'both']),
    REGISTRATION_DEFAULTS.authentication,
  ),
  REGISTRATION_LEVEL: z._default(z.enum(LEVELS), REGISTRATION_DEFAULTS.level),
  /** Comma-separated. Empty: all events of the level. */
  REGISTRATION_EVENTS: z._default(listSetting, []),
  /** Encoding of the request that registers an account's webhook. */
  REGISTRATION_ENCODING: z._default(z.enum(ENCODINGS), REGISTRATION_DEFAULTS.encoding),
  /** `require`: a failed test fails the registration. `report`: it is only reported. */
  REGISTRATION_TEST: z._default(z.enum(['require', 'report']), REGISTRATION_DEFAULTS.test),
};

/** URL for the deliveries of an account. */
export function webhookUrl({ WEBHOOK_URL }: { readonly WEBHOOK_URL: string }, account: string): string {
  return WEBHOOK_URL.replace('{account}', encodeURIComponent(account));
}

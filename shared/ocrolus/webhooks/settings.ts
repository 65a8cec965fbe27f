import * as z from 'zod';
import { jsonSetting, listSetting } from '../../settings.ts';
import { ocrolusSettings } from '../settings.ts';
import { ENCODINGS } from './calls.ts';
import { LEVELS } from './level.ts';

/** The settings of the functions that manage webhooks at Ocrolus. */
export const webhookSettings = {
  ...ocrolusSettings,
  /** Account → its API credentials, and the secret with which its deliveries are signed. */
  ACCOUNTS: jsonSetting(
    z.record(z.string(), z.object({ credentials: z.string(), webhookSecret: z.string() })),
  ),
  /** Where Ocrolus is to post, with `{account}` for the account's name and without Basic credentials. */
  WEBHOOK_URL: z.url(),
  WEBHOOK_AUTHENTICATION: z.enum(['signature', 'basic', 'either', 'both']).default('signature'),
  REGISTRATION_LEVEL: z.enum(LEVELS).default('account'),
  /** Comma-separated. Empty: all that the level has. */
  REGISTRATION_EVENTS: listSetting.default([]),
  /** Of the request that registers an account's webhook. */
  REGISTRATION_ENCODING: z.enum(ENCODINGS).default('multipart'),
  /** Whether a test that fails makes the registration fail, or is only reported. */
  REGISTRATION_TEST: z.enum(['require', 'report']).default('require'),
};

const WebhookManagementSettings = z.object(webhookSettings);
export type WebhookManagementSettings = z.infer<typeof WebhookManagementSettings>;

/** Where Ocrolus is to post for an account. */
export function webhookUrl(
  { WEBHOOK_URL }: Pick<WebhookManagementSettings, 'WEBHOOK_URL'>,
  account: string,
): string {
  return WEBHOOK_URL.replace('{account}', encodeURIComponent(account));
}

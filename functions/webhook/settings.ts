import * as z from 'zod';
import { CHANNELS } from '../../shared/events/channels.ts';
import { booleanSetting, commonSettings, integerSetting, jsonSetting } from '../../shared/settings.ts';

export const WebhookSettings = z.object({
  ...commonSettings,
  /** Account → the secret with which its deliveries are signed. */
  ACCOUNTS: jsonSetting(z.record(z.string(), z.object({ webhookSecret: z.string() }))),
  QUEUE_URLS: jsonSetting(z.record(z.enum(CHANNELS), z.url())),
  /** Takes bodies that are too large for a queue message. */
  BUCKET_NAME: z.string(),
  WEBHOOK_AUTHENTICATION: z.enum(['signature', 'basic', 'either', 'both']).default('signature'),
  FRESHNESS_SECONDS: integerSetting(60, 86_400).default(900),
  ALLOW_UNSIGNED: booleanSetting.default(false),
  SECRET_CACHE_SECONDS: integerSetting(0, 3600).default(300),
});

export type WebhookSettings = z.infer<typeof WebhookSettings>;

/** The text of an account's webhook secret: up to two live signing secrets, and Basic credentials. */
export const WebhookSecret = z.object({
  /** 16 to 128 characters (ocrolus section 6.1). Absent before the first one is set. */
  current: z.string().optional(),
  /** Still honoured after a rotation. */
  previous: z.string().optional(),
  basic: z.array(z.object({ username: z.string().min(1), password: z.string().min(1) })).default([]),
});

export type WebhookSecret = z.infer<typeof WebhookSecret>;

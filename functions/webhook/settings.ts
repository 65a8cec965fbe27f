import * as z from 'zod/mini';
import { CHANNELS } from '../../shared/events/channels.ts';
import { booleanSetting, commonSettings, integerSetting, jsonSetting } from '../../shared/settings.ts';

export const WebhookSettings = z.object({
  ...commonSettings,
  /** Maps each account to the secret that signs its deliveries. */
  ACCOUNTS: jsonSetting(z.record(z.string(), z.object({ webhookSecret: z.string() }))),
  QUEUE_URLS: jsonSetting(z.record(z.enum(CHANNELS), z.url())),
  /** Bucket for bodies that are too large for a queue message. */
  BUCKET_NAME: z.string(),
  WEBHOOK_AUTHENTICATION: z._default(z.enum(['signature', 'basic', 'either', 'both']), 'signature'),
  FRESHNESS_SECONDS: z._default(integerSetting(60, 86_400), 900),
  ALLOW_UNSIGNED: z._default(booleanSetting, false),
  SECRET_CACHE_SECONDS: z._default(integerSetting(0, 3600), 300),
  /** Shortest time between two reads of a secret caused by mismatches: outsiders must not drive cost. */
  SECRET_REREAD_SECONDS: z._default(integerSetting(0, 300), 10),
});

export type WebhookSettings = z.infer<typeof WebhookSettings>;

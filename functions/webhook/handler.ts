import { cachedSecret } from '../../shared/secrets/cached-secret.ts';
import { LiveWebhookSecret, readLiveWebhookSecret } from '../../shared/secrets/webhook-secret.ts';
import { readSettings } from '../../shared/settings.ts';
import { createLog } from '../../shared/telemetry/log.ts';
import { createMetrics } from '../../shared/telemetry/metrics.ts';
import { enqueue } from './enqueue.ts';
import { WebhookSettings } from './settings.ts';
import { createWebhook } from './webhook.ts';

const settings = readSettings(WebhookSettings);

const secrets = new Map(
  Object.entries(settings.ACCOUNTS).map(([account, { webhookSecret }]) => [
    account,
    cachedSecret({
      read: () => readLiveWebhookSecret(webhookSecret),
      schema: LiveWebhookSecret,
      ttlSeconds: settings.SECRET_CACHE_SECONDS,
    }),
  ]),
);

/** The Lambda behind `POST /webhooks/{account}`. */
export const handler = createWebhook({
  settings,
  secrets,
  enqueue: (channel, envelope) => enqueue(settings.QUEUE_URLS[channel], envelope),
  storeBody: async (key, body) => {
    const { storeBody } = await import('./body-store.ts');
    return storeBody(settings.BUCKET_NAME, key, body);
  },
  log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE } }),
  metrics: createMetrics({ stage: settings.STAGE }),
  now: Date.now,
});

import type * as z from 'zod';
import { WebhookSettings } from '../../../../functions/webhook/settings.ts';
import { createWebhook } from '../../../../functions/webhook/webhook.ts';
import { signDelivery } from '../../../../infra/local/ocrolus/webhooks/post.ts';
import type { Channel } from '../../../../shared/events/channels.ts';
import { Envelope } from '../../../../shared/events/envelope.ts';
import { serialiseEnvelope } from '../../../../shared/events/queue-message.ts';
import { cachedSecret } from '../../../../shared/secrets/cached-secret.ts';
import { LiveWebhookSecret } from '../../../../shared/secrets/webhook-secret.ts';
import { createLog } from '../../../../shared/telemetry/log.ts';
import { createMetrics } from '../../../../shared/telemetry/metrics.ts';
import { apiEvent, lambdaContext, type Request } from './api-event.ts';

export const SECRET = 'example-webhook-secret-A1';
/** Unix seconds at which the clock of every test starts: that of the signing vectors. */
export const START = 1_769_905_740;
export const REQUEST_ID = '019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071';
export const BODY = '{"event":"BOOK_VERIFIED","book_uuid":"371ab5bc-b22a-522a-a19b-ae78c1bbdb9f"}';

export interface Options {
  /** The text in Secrets Manager. */
  readonly secret?: z.input<typeof LiveWebhookSecret>;
  readonly authentication?: WebhookSettings['WEBHOOK_AUTHENTICATION'];
  readonly allowUnsigned?: boolean;
  readonly secretTtlSeconds?: number;
}

/** The webhook with real parts, but for what would leave the process. */
export function openWebhook(options: Options = {}) {
  const { authentication = 'signature', allowUnsigned = false, secretTtlSeconds = 300 } = options;
  const conditions = {
    nowSeconds: START,
    secretText: JSON.stringify(options.secret ?? { current: SECRET }),
    secretsManagerFails: false,
    secretReads: 0,
    queueFails: false,
    queued: [] as { channel: Channel; envelope: Envelope }[],
    stored: new Map<string, Buffer>(),
    lines: [] as string[],
  };
  const now = () => conditions.nowSeconds * 1000;
  const write = (line: string) => void conditions.lines.push(line);
  const secret = cachedSecret({
    read: async () => {
      conditions.secretReads += 1;
      if (conditions.secretsManagerFails) throw new Error(`no answer for ${conditions.secretText}`);
      return conditions.secretText;
    },
    schema: LiveWebhookSecret,
    ttlSeconds: secretTtlSeconds,
    now,
  });
  const handler = createWebhook({
    settings: {
      WEBHOOK_AUTHENTICATION: authentication,
      ALLOW_UNSIGNED: allowUnsigned,
      FRESHNESS_SECONDS: 900,
      SECRET_REREAD_SECONDS: WebhookSettings.shape.SECRET_REREAD_SECONDS.parse(undefined),
    },
    secrets: new Map([['default', secret]]),
    enqueue: async (channel, envelope) => {
      if (conditions.queueFails) throw new Error('SQS is not there');
      // Converted as by SQS, so that nothing is asserted that would not survive it.
      const carried = Envelope.parse(JSON.parse(serialiseEnvelope(envelope)));
      conditions.queued.push({ channel, envelope: carried });
    },
    storeBody: async (key, body) => {
      conditions.stored.set(key, body);
      return { bucket: 'deliveries-bucket', key };
    },
    log: createLog({ level: 'DEBUG', write, now }),
    metrics: createMetrics({ stage: 'test', write, now }),
    now,
  });
  const post = (request: Request = {}) => handler(apiEvent(request), lambdaContext());
  return { conditions, post };
}

/** Status of the answer to the only request of a webhook. */
export async function statusOf(request: Request, options: Options = {}): Promise<number> {
  return (await openWebhook(options).post(request)).statusCode;
}

export interface SignedRequest {
  readonly secret?: string;
  readonly timestamp?: string;
  readonly requestId?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is signed as Ocrolus signs. */
export function signed(parts: SignedRequest = {}): Request & { readonly headers: Record<string, string> } {
  const { secret = SECRET, timestamp = String(START), requestId = REQUEST_ID, body = BODY } = parts;
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      'Webhook-Timestamp': timestamp,
      'Webhook-Request-Id': requestId,
      'Webhook-Signature': signDelivery({ secret, timestamp, requestId, body }),
      ...parts.headers,
    },
  };
}

export function basic(username: string, password: string): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { createWebhook } from '../../../functions/webhook/webhook.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { messageGroupId, serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import { cachedSecret } from '../../../shared/secrets/cached-secret.ts';
import { signatureOf } from '../../../shared/secrets/signature.ts';
import { LiveWebhookSecret } from '../../../shared/secrets/webhook-secret.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import { createMetrics } from '../../../shared/telemetry/metrics.ts';
import { apiEvent, lambdaContext } from '../../functions/webhook/testing/api-event.ts';
import type { Core, Posted } from './core.ts';
import { Environment } from './environment.ts';
import { BUCKET, queueUrl, webhookSecret, webhookSettings } from './settings.ts';

const TIMEOUT_MS = 10_000;

/** A POST as Ocrolus makes it. */
interface Post {
  readonly account: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As Ocrolus signs a delivery. */
export function signedHeaders(sent: {
  readonly account: string;
  readonly timestamp: string;
  readonly requestId: string;
  readonly body: string;
}): Post['headers'] {
  const { account, timestamp, requestId, body } = sent;
  const signed = { timestamp, requestId, rawBody: Buffer.from(body) };
  return {
    'Webhook-Signature': signatureOf(webhookSecret(account), signed).toString('hex'),
    'Webhook-Timestamp': timestamp,
    'Webhook-Request-Id': requestId,
  };
}

interface Function {
  readonly environment: Environment;
  readonly handle: (event: APIGatewayProxyEvent) => Promise<{ readonly statusCode: number }>;
  /** What the last invocation has put into a queue. */
  enqueued: Envelope | undefined;
}

/** The webhook Lambda: as many environments as there are requests at the same time. */
export class WebhookApi {
  readonly #core: Core;
  readonly #idle: Function[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  /** @returns `undefined` when there is no answer. */
  async post({ account, headers, body }: Post): Promise<Posted | undefined> {
    const idle = this.#idle.pop();
    const webhook = idle?.environment.isUsable === true ? idle : this.#open();
    const { environment } = webhook;
    webhook.enqueued = undefined;
    const event = apiEvent({ account, headers, body });
    const answer = await environment.invoke(TIMEOUT_MS, this.#core.faults.current.killed.webhook, () =>
      webhook.handle(event),
    );
    if (environment.actor.isAlive) this.#idle.push(webhook);
    return answer && { statusCode: answer.statusCode, envelope: webhook.enqueued };
  }

  #open(): Function {
    const environment = new Environment(this.#core, 'webhook');
    const settings = webhookSettings(environment.stage);
    const { now, line: write, secret, queue, bodies } = environment.ports;
    const secrets = Object.entries(settings.ACCOUNTS).map(([account, { webhookSecret }]) => {
      const cached = cachedSecret({
        read: () => secret(webhookSecret),
        schema: LiveWebhookSecret,
        ttlSeconds: settings.SECRET_CACHE_SECONDS,
        now,
      });
      return [account, cached] as const;
    });
    const handler = createWebhook({
      settings,
      secrets: new Map(secrets),
      enqueue: async (channel, envelope) => {
        const message = { body: serialiseEnvelope(envelope), group: messageGroupId(envelope) };
        await queue.send(queueUrl(channel), message);
        opened.enqueued = envelope;
      },
      storeBody: async (key, body) => {
        await bodies.put(key, body);
        return { bucket: BUCKET, key };
      },
      log: createLog({ level: settings.LOG_LEVEL, fields: { stage: settings.STAGE }, write, now }),
      metrics: createMetrics({ stage: settings.STAGE, write, now }),
      now,
    });
    const opened: Function = {
      environment,
      handle: (event) => handler(event, withoutTimer()),
      enqueued: undefined,
    };
    return opened;
  }
}

/** Middy sets a timer of Node's own where the context says how much time is left. */
function withoutTimer(): Context {
  return Object.defineProperty(lambdaContext(), 'getRemainingTimeInMillis', { value: undefined });
}

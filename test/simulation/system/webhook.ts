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
import type { Random } from '../kernel/random.ts';
import type { SimulatedDelivery } from '../ocrolus/life/script.ts';
import { DAY, MINUTE, SECOND } from '../ocrolus/random.ts';
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

/** Ocrolus tries again three times, about three minutes apart (docs/ocrolus.md#retries). */
const RETRIES = 3;
const RETRY_AFTER_MS = 3 * MINUTE;
const ANSWER_WITHIN_MS = 5 * SECOND;

/** Ocrolus's sender of webhooks, and the network between it and the webhook. */
export class Courier {
  readonly #core: Core;
  readonly #api: WebhookApi;
  readonly #random: Random;
  readonly #accounts: readonly string[];
  /** Books of which nothing is ever announced. */
  readonly #isSilentBook: (bookUuid: string) => boolean;
  readonly counts = { deliveries: 0, accepted: 0 };

  constructor(
    core: Core,
    api: WebhookApi,
    options: {
      readonly accounts: readonly string[];
      readonly isSilentBook: (bookUuid: string) => boolean;
    },
  ) {
    this.#core = core;
    this.#api = api;
    this.#random = core.simulation.random.fork('courier');
    this.#accounts = options.accounts;
    this.#isSilentBook = options.isSilentBook;
  }

  deliver(delivery: SimulatedDelivery): void {
    const faults = this.#core.faults.current.delivery;
    const random = this.#random;
    this.counts.deliveries += 1;
    const isSilent = faults.isSilent || this.#isSilentBook(delivery.bookUuid ?? '');
    if (isSilent || random.chance(faults.lost)) return;
    const account = random.chance(faults.wrongAccount) ? random.pick(this.#accounts) : delivery.account;
    const copies = random.chance(faults.duplicated) ? random.int(2, 3) : 1;
    for (let copy = 0; copy < copies; copy += 1) this.#deliverCopy(delivery, account);
  }

  #deliverCopy(delivery: SimulatedDelivery, account: string): void {
    const { delayed, late } = this.#core.faults.current.delivery;
    const random = this.#random;
    let delay = random.int(5, 500);
    if (random.chance(late)) delay = random.int(MINUTE, 4 * DAY);
    else if (random.chance(delayed)) delay = random.int(SECOND, 10 * MINUTE);
    const requestId = random.uuid();
    this.#core.simulation.scheduler.after(delay, () => {
      const sent = {
        delivery,
        account,
        requestId,
        timestamp: this.#timestamp(),
        isResigned: random.chance(0.3),
      };
      void this.#attempt(sent, 0);
    });
  }

  async #attempt(sent: Sent, retries: number): Promise<void> {
    const { scheduler } = this.#core.simulation;
    const { delivery, account } = sent;
    const startedAt = scheduler.now();
    const { refused, answerLost } = this.#core.faults.current.delivery;
    const posted = this.#random.chance(refused) ? undefined : await this.#post(sent);
    const isTooLate = scheduler.now() - startedAt > ANSWER_WITHIN_MS || this.#random.chance(answerLost);
    const status = posted === undefined ? 503 : posted.statusCode;
    if (status === 200) this.counts.accepted += 1;
    this.#core.listeners.attempt?.({ delivery, account, status, posted });
    if (status === 200 && !isTooLate) return;
    if (retries >= RETRIES) return;
    await scheduler.sleep(RETRY_AFTER_MS + this.#random.int(0, 20 * SECOND));
    const renewed = sent.isResigned
      ? { ...sent, requestId: this.#random.uuid(), timestamp: this.#timestamp() }
      : sent;
    await this.#attempt(renewed, retries + 1);
  }

  #post({ delivery: { body }, account, requestId, timestamp }: Sent): Promise<Posted | undefined> {
    const headers = signedHeaders({ account, timestamp, requestId, body });
    return this.#api.post({ account, headers, body });
  }

  #timestamp(): string {
    return String(Math.floor(this.#core.simulation.scheduler.now() / 1000));
  }
}

interface Sent {
  readonly delivery: SimulatedDelivery;
  readonly account: string;
  readonly requestId: string;
  readonly timestamp: string;
  /** Whether a retry has an id and a time of its own, which is not known of Ocrolus. */
  readonly isResigned: boolean;
}

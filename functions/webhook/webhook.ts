import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Channel } from '../../shared/events/channels.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { identify, toEnvelope } from '../../shared/events/identify.ts';
import type { CachedSecret } from '../../shared/secrets/cached-secret.ts';
import type { LiveWebhookSecret } from '../../shared/secrets/webhook-secret.ts';
import type { Log } from '../../shared/telemetry/log.ts';
import type { Metrics } from '../../shared/telemetry/metrics.ts';
import { iso } from '../../shared/time.ts';
import { authenticate, type Proof } from './authenticate.ts';
import { type Delivery, readDelivery } from './delivery.ts';
import { toPayload } from './payload.ts';
import { Refusal, refusals } from './refusal.ts';
import type { WebhookSettings } from './settings.ts';

export interface WebhookDependencies {
  readonly settings: Pick<
    WebhookSettings,
    'WEBHOOK_AUTHENTICATION' | 'ALLOW_UNSIGNED' | 'FRESHNESS_SECONDS' | 'SECRET_REREAD_SECONDS'
  >;
  /** Maps each account to its secret. Any other account is 404. */
  readonly secrets: ReadonlyMap<string, CachedSecret<LiveWebhookSecret>>;
  readonly enqueue: (channel: Channel, envelope: Envelope) => Promise<void>;
  readonly storeBody: (key: string, body: Buffer) => Promise<{ bucket: string; key: string }>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/**
 * The webhook: takes the raw bytes, checks their size, authenticates, checks freshness, identifies, enqueues, and
 * answers 200 (docs/design.md#the-webhook). A delivery that Ocrolus retries is queued again; consumers are
 * idempotent.
 */
export function createWebhook(dependencies: WebhookDependencies) {
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use({ after: dependencies.metrics.flush, onError: dependencies.metrics.flush })
    .use(refusals(dependencies.log, dependencies.metrics))
    .handler(async (event) => {
      const account = event.pathParameters?.account ?? '';
      const secret = dependencies.secrets.get(account);
      if (secret === undefined) throw new Refusal(404, 'unknown-account');
      const delivery = readDelivery(event, account);
      const proof = await requireGenuine(dependencies, delivery, secret);
      if (proof === 'none') dependencies.metrics.count('DeliveryAcceptedUnsigned', {});
      return accept(dependencies, delivery, event.requestContext.requestId);
    });
}

async function requireGenuine(
  { settings, now }: WebhookDependencies,
  delivery: Delivery,
  secret: CachedSecret<LiveWebhookSecret>,
): Promise<Proof> {
  const nowSeconds = () => Math.floor(now() / 1000);
  try {
    return authenticate(delivery, await secret.get(), settings, nowSeconds());
  } catch (error) {
    // The delivery may be signed with a secret that was set after the last read.
    if (!mayHaveChanged(error) || !(await secret.refresh(settings.SECRET_REREAD_SECONDS))) throw error;
    return authenticate(delivery, await secret.get(), settings, nowSeconds());
  }
}

function mayHaveChanged(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  return error.reason.endsWith('mismatch') || error.reason === 'nothing-configured';
}

async function accept(
  dependencies: WebhookDependencies,
  delivery: Delivery,
  requestId: string,
): Promise<APIGatewayProxyResult> {
  const { log, metrics, now } = dependencies;
  const { account, deliveryId } = delivery;
  const identified = identify(delivery.rawBody);
  if (identified.kind === 'ping') {
    log.info('test ping', { requestId, account, deliveryId });
    metrics.count('TestPing', {});
    return ok();
  }
  const { eventName, channel, ids, unrecognized } = identified;
  const payload = await toPayload(delivery.rawBody, dependencies.storeBody);
  const receivedAt = iso(now());
  await dependencies.enqueue(
    channel,
    toEnvelope(identified, { deliveryId, account, source: 'webhook', receivedAt, payload }),
  );
  log.info('delivery queued', {
    requestId,
    account,
    deliveryId,
    channel,
    eventName,
    bookUuid: ids.bookUuid,
    unrecognized,
  });
  metrics.count('DeliveryQueued', {});
  return ok();
}

/** Exactly 200: Ocrolus counts anything else as a failure (docs/ocrolus.md#deliveries). */
function ok(): APIGatewayProxyResult {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' };
}

import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { CachedSecret } from '../../shared/cached-secret.ts';
import type { Channel } from '../../shared/events/channels.ts';
import type { Envelope, Payload } from '../../shared/events/envelope.ts';
import { identify } from '../../shared/events/identify.ts';
import type { Log } from '../../shared/telemetry/log.ts';
import type { Metrics } from '../../shared/telemetry/metrics.ts';
import type { LiveWebhookSecret } from '../../shared/webhook-secret.ts';
import { authenticate, type Proof } from './authenticate.ts';
import { type Delivery, readDelivery } from './delivery.ts';
import { toPayload } from './payload.ts';
import { Refusal } from './refusal.ts';
import { refusals } from './refusals.ts';
import type { WebhookSettings } from './settings.ts';

export interface WebhookParts {
  readonly settings: Pick<
    WebhookSettings,
    'WEBHOOK_AUTHENTICATION' | 'ALLOW_UNSIGNED' | 'FRESHNESS_SECONDS' | 'SECRET_REREAD_SECONDS'
  >;
  /** Account → its secret. An account that is not here is 404. */
  readonly secrets: ReadonlyMap<string, CachedSecret<LiveWebhookSecret>>;
  readonly enqueue: (channel: Channel, envelope: Envelope) => Promise<void>;
  readonly storeBody: (key: string, body: Buffer) => Promise<{ bucket: string; key: string }>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/**
 * The webhook: take the raw bytes, check size, authenticate, freshness, identify, enqueue, 200
 * (docs/design.md#the-webhook). A retry of this handler, by Ocrolus, queues the delivery again; consumers are
 * idempotent.
 */
export function createWebhook(parts: WebhookParts) {
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(refusals(parts.log, parts.metrics))
    .handler(async (event) => {
      const account = event.pathParameters?.account ?? '';
      const secret = parts.secrets.get(account);
      if (secret === undefined) throw new Refusal(404, 'unknown-account');
      const delivery = readDelivery(event, account);
      const proof = await requireGenuine(parts, delivery, secret);
      if (proof === 'unsigned') parts.metrics.count('DeliveryAcceptedUnsigned', {});
      return accept(parts, delivery, event.requestContext.requestId);
    });
}

async function requireGenuine(
  { settings, now }: WebhookParts,
  delivery: Delivery,
  secret: CachedSecret<LiveWebhookSecret>,
): Promise<Proof> {
  const nowSeconds = () => Math.floor(now() / 1000);
  try {
    return authenticate(delivery, await secret.get(), settings, nowSeconds());
  } catch (error) {
    // It may be signed with a secret that was set after ours was read.
    if (!mayHaveChanged(error) || !(await secret.refresh(settings.SECRET_REREAD_SECONDS))) throw error;
    return authenticate(delivery, await secret.get(), settings, nowSeconds());
  }
}

function mayHaveChanged(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  return error.reason.endsWith('mismatch') || error.reason === 'nothing-configured';
}

async function accept(
  parts: WebhookParts,
  delivery: Delivery,
  requestId: string,
): Promise<APIGatewayProxyResult> {
  const { log, metrics, now } = parts;
  const { account, deliveryId } = delivery;
  const identified = identify(delivery.rawBody);
  if (identified.kind === 'ping') {
    log.info('test ping', { requestId, account, deliveryId });
    metrics.count('TestPing', {});
    return ok();
  }
  const { eventName, channel, ids, status, unrecognized } = identified;
  const payload: Payload = await toPayload(delivery.rawBody, parts.storeBody);
  await parts.enqueue(channel, {
    version: 1,
    deliveryId,
    account,
    source: 'webhook',
    receivedAt: new Date(now()).toISOString(),
    eventName,
    channel,
    ids,
    ...(status !== undefined && { status }),
    ...(unrecognized !== undefined && { unrecognized }),
    payload,
  });
  log.info('delivery queued', {
    requestId,
    account,
    deliveryId,
    channel,
    eventName,
    bookUuid: ids.bookUuid,
    unrecognized,
  });
  metrics.count('DeliveryQueued', { channel });
  return ok();
}

/** Exactly 200: Ocrolus takes anything else for a failure (docs/ocrolus.md#deliveries). */
function ok(): APIGatewayProxyResult {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' };
}

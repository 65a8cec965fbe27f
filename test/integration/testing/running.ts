import { randomUUID } from 'node:crypto';
import { inject, vi } from 'vitest';
import { signDelivery } from '../../../infra/local/ocrolus/index.ts';
import type { Target } from '../../../infra/ops/target/target.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import { fakeTarget } from '../../infra/ops/fake-target.ts';
import { type System, startSystem } from './system.ts';

/** The system at a pace for tests, and how they talk to it. */
export interface Running extends System {
  /** The stack, as commands of `ops` see it. */
  readonly target: Target;
  /** Lines that the functions wrote to their logs. */
  readonly logLines: readonly string[];
  /** Posts a body as Ocrolus would. @returns the answer's status and the delivery's id. */
  post(body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Posted>;
  /** Resolves with the ledger entry of a delivery that is finished. */
  ledgerOf(bookId: string, deliveryId: string): Promise<EventItem>;
  /** Resolves when no queue holds anything. @returns what the dead-letter queues hold. */
  drained(): Promise<number>;
}

export interface Posted {
  readonly deliveryId: string;
  readonly status: number;
  readonly body: string;
}

/** Seconds stand for minutes; both sides' rate limits are lifted together. */
const QUICK = {
  QUICK_RETRY_SECONDS: '1,1',
  TIME_SCALE: String(1 / 300),
  OCROLUS_REQUESTS_PER_SECOND: '1000',
  OCROLUS_HEAVY_REQUESTS_PER_SECOND: '1000',
  POLL_REQUESTS_PER_SECOND: '1000',
};
const RATES = { requestsPerSecond: 10_000, heavyRequestsPerSecond: 10_000 };
const PATIENCE = { timeout: 45_000, interval: 50 };

export async function startRunning(
  options: { readonly environment?: Record<string, string>; readonly ocrolusUrl?: string } = {},
): Promise<Running> {
  const logLines: string[] = [];
  const system = await startSystem({
    assembly: inject('assembly'),
    simulator: { ...RATES, retryDelayMs: 200 },
    ocrolusUrl: options.ocrolusUrl,
    dynamodbEndpoint: process.env.DYNAMODB_ENDPOINT,
    environment: { '*': { ...QUICK, ...options.environment } },
    log: (_source, line) => logLines.push(line),
  });
  const { stack, reader, table, bodies, sqs } = system;

  return {
    ...system,
    target: fakeTarget({ reader, table: () => table, bodies, sqs, queues: stack.queues }),
    logLines,
    async post(body, headers = {}) {
      const deliveryId = randomUUID();
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = signDelivery({ secret: stack.webhookSecret, timestamp, requestId: deliveryId, body });
      const answer = await fetch(stack.webhookUrl, {
        method: 'POST',
        body,
        headers: {
          'Content-Type': 'application/json',
          'Webhook-Timestamp': timestamp,
          'Webhook-Request-Id': deliveryId,
          'Webhook-Signature': signature,
          ...headers,
        },
      });
      return { deliveryId, status: answer.status, body: await answer.text() };
    },
    ledgerOf: (bookId, deliveryId) =>
      vi.waitFor(async () => {
        const found = (await reader.events(bookId)).find((event) => event.deliveryId === deliveryId);
        if (found === undefined || found.outcome === 'retrying')
          throw new Error(`delivery ${deliveryId} is not finished in the ledger of ${bookId}`);
        return found;
      }, PATIENCE),
    async drained() {
      await vi.waitFor(async () => {
        const left = await system.messages('url');
        if (left > 0) throw new Error(`${left} messages are still in the queues`);
      }, PATIENCE);
      return system.messages('dlqUrl');
    },
  };
}

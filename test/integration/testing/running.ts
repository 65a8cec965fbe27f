import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inject, vi } from 'vitest';
import { type Simulator, signDelivery, startSimulator } from '../../../infra/local/ocrolus/index.ts';
import { type LocalStack, startLocalStack } from '../../../infra/local/stack.ts';
import type { Target } from '../../../infra/ops/target.ts';
import { openBodies } from '../../../shared/store/bodies/result-bodies.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import { createReader, type Reader } from '../../../shared/store/reader.ts';
import { type DynamoTable, openTable } from '../../../shared/store/table.ts';
import { fakeTarget } from '../../ops/fake-target.ts';

/** The system as it is deployed, from the synthesized template and the real bundles, with a fake Ocrolus. */
export interface Running {
  readonly stack: LocalStack;
  readonly simulator: Simulator;
  readonly reader: Reader;
  readonly table: DynamoTable;
  /** The bucket. */
  readonly s3: S3Client;
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
  stop(): Promise<void>;
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
  const dataDir = await mkdtemp(join(tmpdir(), 'ocrolus-webhooks-'));
  const simulator = await startSimulator({ ...RATES, retryDelayMs: 200 });
  const logLines: string[] = [];
  const url = options.ocrolusUrl ?? simulator.url;
  const stack = await startLocalStack({
    dataDir,
    assembly: inject('assembly'),
    compileCache: join(inject('assembly'), 'compile-cache'),
    ocrolus: {
      apiUrl: url,
      authUrl: url,
      clientId: 'simulator-client',
      clientSecret: 'simulator-client-secret',
    },
    // The tests say when it runs.
    pollSeconds: 86_400,
    dynamodbEndpoint: process.env.DYNAMODB_ENDPOINT,
    environment: { '*': { ...QUICK, ...options.environment } },
    log: (_source, line) => logLines.push(line),
  });
  simulator.setWebhook({ url: stack.webhookUrl, secret: stack.webhookSecret });

  const at = (endpoint: string) => ({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const table = openTable(stack.table, new DynamoDBClient(at(stack.endpoints.dynamodb)));
  const s3 = new S3Client({ ...at(stack.endpoints.s3), forcePathStyle: true });
  const bodies = openBodies(stack.bucket, s3);
  const reader = createReader(table, bodies);
  const sqs = new SQSClient(at(stack.endpoints.sqs));

  return {
    stack,
    simulator,
    reader,
    table,
    s3,
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
      const urls = Object.values(stack.queues).map(({ url: queueUrl }) => queueUrl);
      await vi.waitFor(async () => {
        const left = await count(sqs, urls);
        if (left > 0) throw new Error(`${left} messages are still in the queues`);
      }, PATIENCE);
      return count(
        sqs,
        Object.values(stack.queues).flatMap(({ dlqUrl }) => dlqUrl ?? []),
      );
    },
    async stop() {
      await simulator.close();
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Messages in queues, whether visible, being worked on or delayed. */
async function count(sqs: SQSClient, urls: readonly string[]): Promise<number> {
  const AttributeNames = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  const counts = await Promise.all(
    urls.map(async (QueueUrl) => {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      const { Attributes = {} } = await sqs.send(command);
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    }),
  );
  return counts.reduce((sum, n) => sum + n, 0);
}

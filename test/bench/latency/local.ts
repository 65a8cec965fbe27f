import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReadyDocument } from '../../../infra/local/data-dir.ts';
import { listen } from '../../../infra/local/http.ts';
import { signDelivery } from '../../../infra/local/ocrolus/index.ts';
import { openTable, type Table } from '../../../shared/store/table.ts';
import { spawnLocal } from '../../integration/testing/spawn-local.ts';
import { PlayedOcrolus } from '../../simulation/played/played-ocrolus.ts';
import { ACCOUNT } from '../units/book-life.ts';
import { type LoneEvent, loneBook, loneDelivery, loneResults } from './lone-event.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

const SECRET = 'a-secret-of-the-benchmark';
/** Opens the environments of the channel, and their connections. */
const WARM_UP = 10;
/** Time between two reads of the table; the figures are too high by at most this. */
const READ_EVERY_MS = 3;
/** Time between two events, after which permits and environments are free again. */
const PAUSE_MS = 600;
const PATIENCE_MS = 30_000;

/**
 * From the webhook's 200 until the table has the results that a lone event names, with the local stack and an Ocrolus that
 * answers after 40 ms.
 *
 * @throws Error when the stack does not start, or a result does not appear within 30 seconds.
 */
export async function measureLocal(event: LoneEvent, events: number): Promise<Percentiles> {
  const ocrolus = new PlayedOcrolus();
  const server = await serveOcrolus(ocrolus, 40);
  const folder = await mkdtemp(join(tmpdir(), 'latency-'));
  const child = spawnLocal(folder, server.url, { WEBHOOK_SECRET: SECRET, POLL_SECONDS: '300' });
  const ended = once(child, 'exit');
  try {
    const [line] = await Promise.race([once(child.stdout, 'data'), ended]);
    if (!Buffer.isBuffer(line)) throw new Error('the local stack did not start');
    const { webhookUrl, dynamodb } = ReadyDocument.parse(JSON.parse(line.toString()));
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const table = openTable(
      dynamodb.table,
      new DynamoDBClient({ endpoint: dynamodb.endpoint, region: 'us-east-1', credentials }),
    );
    const took: number[] = [];
    for (let n = 1; n <= events + WARM_UP; n += 1) {
      const { before, after } = loneBook(n);
      ocrolus.set(before);
      await post(webhookUrl, loneDelivery('document.upload_succeeded', n));
      await visible(table, [{ bookId: after.uuid, item: 'BOOK' }]);
      await delay(PAUSE_MS);
      ocrolus.set(after);
      await post(webhookUrl, loneDelivery(event, n));
      const acceptedAt = performance.now();
      await visible(table, loneResults(event, n));
      if (n > WARM_UP) took.push(performance.now() - acceptedAt);
      await delay(PAUSE_MS);
    }
    return percentilesOf(took);
  } finally {
    child.kill('SIGTERM');
    await ended;
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @param latencyMs before each answer. */
function serveOcrolus(ocrolus: PlayedOcrolus, latencyMs: number) {
  const server = createServer(async (request, response) => {
    request.resume();
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://ocrolus');
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    await delay(latencyMs);
    const { status, body } = ocrolus.answer({ path, query, token, account: ACCOUNT });
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  });
  return listen(server);
}

async function post(url: string, delivery: object): Promise<void> {
  const body = JSON.stringify(delivery);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const requestId = randomUUID();
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'Content-Type': 'application/json',
      'Webhook-Timestamp': timestamp,
      'Webhook-Request-Id': requestId,
      'Webhook-Signature': signDelivery({ secret: SECRET, timestamp, requestId, body }),
    },
  });
  if (answer.status !== 200) throw new Error(`the webhook answered ${answer.status}`);
}

async function visible(table: Table, keys: readonly { bookId: string; item: string }[]): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (const key of keys) {
    while ((await table.get(key, ['item'])) === undefined) {
      if (performance.now() > end) throw new Error(`no ${key.item} of ${key.bookId}`);
      await delay(READ_EVERY_MS);
    }
  }
}

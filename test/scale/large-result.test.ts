import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { startQueues } from '../../infra/local/backends/queues.ts';
import { createReader } from '../../shared/store/reader.ts';
import { openBodies } from '../../shared/store/result-bodies.ts';
import { startHttpServer } from '../ops/http-server.ts';
import { useTables } from '../store/testing/table.ts';

/** More than a hundred times the largest body that is known. */
const BYTES = 40 * 1024 * 1024;
/** Of a consumer's Lambda (infra/constructs/consumer.ts). */
const MEMORY_MB = 512;

const BOOK_STATUS = JSON.stringify({
  status: 200,
  response: { uuid: 'b', book_status: 'VERIFYING', docs: [] },
});

const CHILD = fileURLToPath(new URL('./testing/large-result.ts', import.meta.url));
const Told = z.object({ failed: z.array(z.string()), outcomes: z.array(z.string()), megabytes: z.number() });

const createTable = useTables();

/** Enriched transactions that compress about as badly as real ones. */
function largeBody(): Buffer {
  const row = (n: number) => ({
    txn_id: randomBytes(16).toString('hex'),
    bank_account_pk: 1_000_000 + (n % 7),
    description: `PAYMENT TO ${randomBytes(10).toString('hex')}`,
    amount: `${n}.${n % 100}`,
    txn_date: '2026-01-31',
    tags: ['deposit', 'true_revenue'],
  });
  const rows = Array.from({ length: 1000 }, (_, n) => JSON.stringify(row(n))).join(',');
  const times = Math.floor((BYTES - 100) / (rows.length + 1));
  const all = Array.from({ length: times }, () => rows).join(',');
  return Buffer.from(`{"filtered_total":${times * 1000},"enriched_transactions":[${all}]}`);
}

it('a result of 40 MB goes to S3 byte for byte, within the memory of the Lambda', async () => {
  const body = largeBody();
  const text = body.toString();
  const ocrolus = await startHttpServer(({ path }) => ({
    status: 200,
    body: path?.includes('enriched') ? text : path?.includes('/status') ? BOOK_STATUS : '{}',
  }));
  const queues = await startQueues();
  onTestFinished(async () => {
    await ocrolus.close();
    await queues.stop();
  });
  const table = await createTable();
  const s3 = new S3Client({
    endpoint: queues.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: 'results' }));
  const dynamodb = await table.client.config.endpoint?.();
  const dynamodbUrl = `http://${dynamodb?.hostname}:${dynamodb?.port}`;

  const { stdout } = await promisify(execFile)(
    process.execPath,
    // As Lambda's Node.js does, so that garbage is collected in time.
    [
      `--max-old-space-size=${Math.floor(MEMORY_MB * 0.9)}`,
      CHILD,
      ocrolus.url,
      dynamodbUrl,
      table.name,
      queues.endpoint,
      'results',
    ],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const told = Told.parse(JSON.parse(stdout));
  expect(told).toMatchObject({ failed: [], outcomes: ['applied'] });
  expect(told.megabytes).toBeLessThan(MEMORY_MB);
  const reader = createReader(table, openBodies('results', s3));
  const [result] = (await reader.results('b')).filter(({ kind }) => kind === 'enriched-transactions');
  expect(result).toMatchObject({ bytes: body.length, s3: { bucket: 'results' } });
  expect((await reader.resultBody('b', 'enriched-transactions'))?.equals(body)).toBe(true);
});

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { bundleFunctions, type TemporaryBundles } from '../../infra/bundles/bundle.ts';
import { DEFAULT_RESULTS } from '../../shared/checklist/kinds.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { useTables } from '../shared/store/testing/table.ts';
import { startCheckingS3 } from './testing/checking-s3.ts';
import { startLargeOcrolus } from './testing/large-ocrolus.ts';

/** Size of each result; enough for several parts. `npm run memory` measures 200. */
const MEGABYTES = Number(process.env.LARGE_RESULT_MEGABYTES ?? 20);
const BATCH = 10;
/** Memory of a consumer's Lambda (infra/constructs/lambda/consumer.ts). */
const MEMORY_MB = 512;

const CHILD = fileURLToPath(new URL('./testing/run-batch.ts', import.meta.url));
const Report = z.object({ failed: z.number(), megabytes: z.number(), seconds: z.number() });

const createTable = useTables();
let bundles: TemporaryBundles;
beforeAll(async () => {
  bundles = await bundleFunctions();
}, 60_000);
afterAll(() => bundles.remove());

it(`ten results of ${MEGABYTES} MB in one batch go to S3 byte for byte, within the memory of the Lambda`, async () => {
  const [ocrolus, s3, table] = await Promise.all([
    startLargeOcrolus(MEGABYTES * 1024 * 1024),
    startCheckingS3(),
    createTable(),
  ]);
  onTestFinished(async () => {
    await Promise.all([ocrolus.stop(), s3.stop()]);
  });
  const dynamodb = await table.client.config.endpoint?.();
  const books = Array.from({ length: BATCH }, () => randomUUID());
  const messages = books.map((bookUuid) => delivery('book.analytics_v2.generated', { bookUuid }));

  const child = spawn(
    process.execPath,
    // As Lambda's Node.js does, so that garbage is collected in time.
    [
      `--max-old-space-size=${Math.floor(MEMORY_MB * 0.9)}`,
      CHILD,
      join(bundles.folderOf(messages[0]?.channel ?? 'lifecycle'), 'index.mjs'),
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_ENDPOINT_URL: s3.url,
        AWS_ENDPOINT_URL_DYNAMODB: `http://${dynamodb?.hostname}:${dynamodb?.port}`,
        STAGE: 'test',
        ACCOUNTS: JSON.stringify({ default: { credentials: 'arn' } }),
        TABLE_NAME: table.name,
        BUCKET_NAME: 'results',
        CHANNEL: 'book-results',
        QUEUE_URL: `${s3.url}/queue`,
        OCROLUS_API_URL: ocrolus.url,
        OCROLUS_AUTH_URL: `${ocrolus.url}/oauth/token`,
        OCROLUS_REQUESTS_PER_SECOND: '20',
        OCROLUS_HEAVY_REQUESTS_PER_SECOND: '20',
        RESULTS: JSON.stringify({ ...DEFAULT_RESULTS, summary: 'never', 'cash-flow': 'never' }),
      },
    },
  );
  child.stdin.end(JSON.stringify({ Records: messages.map(toRecord) }));
  const lines = (await text(child.stdout)).trim().split('\n');
  const report = Report.parse(JSON.parse(lines.at(-1) ?? ''));
  console.info(`ten of ${MEGABYTES} MB: peak ${report.megabytes} MB, ${report.seconds} s`);

  expect(report.failed).toBe(0);
  expect(report.megabytes).toBeLessThan(MEMORY_MB);
  expect(s3.uploads.size).toBe(0);
  for (const bookId of books) {
    const item = await table.get({ bookId, item: `RESULT#enriched-transactions#${bookId}` });
    const { s3: at, sha256 } = z
      .object({ s3: z.object({ bucket: z.string(), key: z.string() }), sha256: z.string() })
      .parse(item);
    expect(sha256).toBe(ocrolus.sent.get(bookId));
    expect(s3.objects.get(`/${at.bucket}/${at.key}`)).toBe(sha256);
  }
}, 1_800_000);

function toRecord(message: unknown, n: number) {
  return {
    messageId: `message-${n}`,
    receiptHandle: `receipt-${n}`,
    body: JSON.stringify(message),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
  };
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { BUNDLE_OPTIONS, bundleFunctions } from '../../infra/bundles/bundle.ts';
import { signDelivery } from '../../infra/local/ocrolus/webhooks/post.ts';
import { listen, type RunningServer } from '../../infra/running-stacks/loopback-server.ts';
import { CHANNELS } from '../../shared/events/channels.ts';
import { apiEvent, lambdaContext } from '../functions/webhook/testing/api-event.ts';
import type { ColdStart } from './cold-start.ts';

const PROJECT = join(import.meta.dirname, '../..');
const SECRET = 'benchmark-secret-1234567890';
const BODY = readFileSync(join(PROJECT, 'test/fixtures/events/DOC_VERIFIED.json'));
const run = promisify(execFile);

/** The webhook and the floor, under the same load. Milliseconds; the fastest of all runs. */
export interface WebhookFigures {
  readonly webhook: ColdStart;
  readonly floor: ColdStart;
}

/**
 * @param runs cold starts of each.
 * @param deliveries accepted after each cold start.
 */
export async function measureWebhook(runs: number, deliveries: number): Promise<WebhookFigures> {
  const bundles = await bundleFunctions();
  const floor = await mkdtemp(join(PROJECT, '.bundles/floor-'));
  const endpoints = await serveEndpoints(JSON.stringify({ current: SECRET }));
  try {
    await build({ ...BUNDLE_OPTIONS, entryPoints: { index: 'test/bench/floor.ts' }, outdir: floor });
    const webhook = bundles.folderOf('webhook');
    const started: Record<'webhook' | 'floor', ColdStart[]> = { webhook: [], floor: [] };
    // One after the other, so that a slow minute of the machine is slow for both.
    for (let n = 0; n < runs; n += 1) {
      started.webhook.push(await coldStart(webhook, endpoints.url, deliveries));
      started.floor.push(await coldStart(floor, endpoints.url, deliveries));
    }
    return { webhook: fastest(started.webhook), floor: fastest(started.floor) };
  } finally {
    await endpoints.stop();
    await Promise.all([bundles.remove(), rm(floor, { recursive: true })]);
  }
}

async function coldStart(folder: string, endpoint: string, deliveries: number): Promise<ColdStart> {
  const args = [
    join(import.meta.dirname, 'cold-start.ts'),
    pathToFileURL(join(folder, 'index.mjs')).href,
    JSON.stringify(signedEvent()),
    JSON.stringify(lambdaContext()),
    String(deliveries),
  ];
  const { stdout } = await run(process.execPath, args, { env: environment(endpoint) }).catch(
    ({ stderr }: { stderr: string }) => {
      // Node prints the line of the bundle that failed, which is its whole code.
      throw new Error(`a cold start failed: ${stderr.slice(-500)}`);
    },
  );
  // The webhook writes its log lines to standard output, too.
  return JSON.parse(stdout.slice(stdout.lastIndexOf('{"init"'))) as ColdStart;
}

function signedEvent() {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const requestId = '5d3c7b0e-6f0a-4d6e-9c58-2f4f0f6a7d11';
  const signature = signDelivery({ secret: SECRET, timestamp, requestId, body: BODY });
  return apiEvent({
    headers: {
      'content-type': 'application/json',
      'webhook-timestamp': timestamp,
      'webhook-request-id': requestId,
      'webhook-signature': signature,
    },
    body: BODY,
  });
}

function environment(endpoint: string): Record<string, string> {
  const queueUrl = `${endpoint}/000000000000/queue`;
  return {
    PATH: process.env.PATH ?? '',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: endpoint,
    STAGE: 'bench',
    LOG_LEVEL: 'INFO',
    ACCOUNTS: JSON.stringify({ default: { webhookSecret: 'webhook' } }),
    QUEUE_URLS: JSON.stringify(Object.fromEntries(CHANNELS.map((channel) => [channel, queueUrl]))),
    BUCKET_NAME: 'bodies',
    FLOOR_SECRET: SECRET,
    FLOOR_QUEUE_URL: queueUrl,
  };
}

/** The least of several runs is nearest to the truth, because other work of the machine only adds time. */
function fastest(runs: readonly ColdStart[]): ColdStart {
  const least = (figure: keyof ColdStart) => Math.min(...runs.map((run) => run[figure]));
  return { init: least('init'), first: least('first'), accept: least('accept') };
}

/** SQS's SendMessage and Secrets Manager's GetSecretValue, as fast as possible: their time is not what is measured. */
function serveEndpoints(secretText: string): Promise<RunningServer> {
  const server = createServer((request, response) => {
    buffer(request).then((body) => {
      const isSecret = String(request.headers['x-amz-target']).startsWith('secretsmanager.');
      const { status, document } = isSecret
        ? secretAnswer(body, secretText)
        : { status: 200, document: messageAnswer(body) };
      response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(document));
    });
  });
  return listen(server);
}

function secretAnswer(body: Buffer, SecretString: string) {
  const { VersionStage } = JSON.parse(body.toString('utf8')) as { VersionStage?: string };
  if (VersionStage === 'AWSPENDING')
    return { status: 400, document: { __type: 'ResourceNotFoundException' } };
  return { status: 200, document: { SecretString, VersionId: 'a' } };
}

/** The SDK compares the digest. */
function messageAnswer(body: Buffer) {
  const { MessageBody } = JSON.parse(body.toString('utf8')) as { MessageBody: string };
  return { MessageId: '1', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
}

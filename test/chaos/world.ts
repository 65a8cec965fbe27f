import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startTables } from '../../infra/local/backends/tables.ts';
import { readChannels } from '../../infra/local/channels.ts';
import { readFunctions } from '../../infra/local/lambda/definition.ts';
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { createTopology } from '../../infra/local/template/topology.ts';
import { type Bodies, openBodies } from '../../shared/store/result-bodies.ts';
import { openTable, type Table } from '../../shared/store/table.ts';
import { type Simulator, seeded, startSimulator } from '../simulator/index.ts';
import { LedgerLast } from './ledger-last.ts';
import { bucketMishap, dynamodbMishap, type Sky, shorterWaits, sqsMishap, webhookMishap } from './mishaps.ts';
import { NeverOlder } from './never-older.ts';
import { type Pace, settingsOf } from './pace.ts';
import { startProxy } from './proxy.ts';

/** The whole system with a fake Ocrolus, and something between all of its parts that can go wrong. */
export interface World {
  readonly stack: LocalStack;
  readonly simulator: Simulator;
  /** Past all faults. */
  readonly table: Table;
  readonly bodies: Bodies;
  readonly sqs: SQSClient;
  readonly neverOlder: NeverOlder;
  readonly ledgerLast: LedgerLast;
  stop(): Promise<void>;
}

const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export async function startWorld(options: {
  readonly seed: number;
  readonly assembly: string;
  readonly pace: Pace;
  readonly sky: Sky;
}): Promise<World> {
  const { seed, assembly, pace, sky } = options;
  const stops: (() => unknown)[] = [];
  const keep = <T extends { stop(): unknown }>(part: T): T => {
    stops.push(() => part.stop());
    return part;
  };
  const dataDir = await mkdtemp(join(tmpdir(), 'ocrolus-webhooks-chaos-'));
  stops.push(() => rm(dataDir, { recursive: true, force: true }));
  const simulator = await startSimulator(simulatorOptions(seed, pace, sky));
  stops.push(() => simulator.close());

  let stack: LocalStack | undefined;
  const at = (service: 'sqs' | 's3') => () => stack?.endpoints[service] ?? '';
  const neverOlder = new NeverOlder();
  const ledgerLast = new LedgerLast(() => simulator.calls.length);
  const tables = keep(await startTables(undefined));
  const [dynamodb, sqsProxy, s3Proxy] = await Promise.all([
    startProxy(() => tables.endpoint, {
      mishap: dynamodbMishap(sky),
      hear(passing, answered) {
        neverOlder.hear(passing, answered);
        ledgerLast.hear(passing, answered);
      },
      ...(sky.weather.has('clock-skew') && { skewMs: SERVER_SKEW_MS }),
    }).then(keep),
    startProxy(at('sqs'), { mishap: sqsMishap(sky), rewrite: shorterWaits(pace.compression) }).then(keep),
    startProxy(at('s3'), { mishap: bucketMishap(sky) }).then(keep),
  ]);
  stack = keep(
    await startLocalStack({
      dataDir,
      assembly,
      ocrolus: {
        apiUrl: simulator.url,
        authUrl: simulator.url,
        clientId: 'simulator-client',
        clientSecret: 'simulator-client-secret',
      },
      // `Weather` says when it runs.
      pollSeconds: 86_400,
      dynamodbEndpoint: dynamodb.url,
      environment: environmentOf(assembly, sqsProxy.url, s3Proxy.url, pace, sky),
      log: (_source, line) => {
        const reason = COMES_BACK.exec(line)?.[1];
        sky.tally.add(reason === undefined ? 'other log lines' : `comes back: ${reason}`);
      },
    }),
  );
  const { endpoints, webhookUrl, webhookSecret } = stack;
  const front = keep(await startProxy(() => new URL(webhookUrl).origin, { mishap: webhookMishap(sky) }));
  simulator.setWebhook({ url: front.url + new URL(webhookUrl).pathname, secret: webhookSecret });

  const sqs = new SQSClient({ endpoint: endpoints.sqs, region: REGION, credentials: CREDENTIALS });
  for (const { url: QueueUrl } of Object.values(stack.queues)) {
    const Attributes = { VisibilityTimeout: String(pace.visibilitySeconds) };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
  const at2 = (endpoint: string) => ({ endpoint, region: REGION, credentials: CREDENTIALS });
  return {
    stack,
    simulator,
    table: openTable(stack.table, new DynamoDBClient(at2(tables.endpoint))),
    bodies: openBodies(stack.bucket, new S3Client({ ...at2(endpoints.s3), forcePathStyle: true })),
    sqs,
    neverOlder,
    ledgerLast,
    async stop() {
      for (const end of stops.reverse()) await end();
    },
  };
}

/** A consumer's log line about a message that could not be finished. */
const COMES_BACK = /"comes back".*"code":"([^"]+)"/;

/** DynamoDB's clock, against which the rate limiter sets its own. */
const SERVER_SKEW_MS = 3000;
/** Against ours: Ocrolus's, for `Webhook-Timestamp`, well within the tolerance. */
const OCROLUS_SKEW_MS = -120_000;
/** Channels whose Lambdas run ahead or behind. */
const SKEWED = { 'doc-verified': 1500, 'book-verified': -1500, classification: 2500, lifecycle: -800 };

function simulatorOptions(seed: number, pace: Pace, { weather }: Sky) {
  const skew = weather.has('clock-skew') ? OCROLUS_SKEW_MS : 0;
  return {
    requestsPerSecond: pace.requestsPerSecond,
    heavyRequestsPerSecond: pace.requestsPerSecond,
    retryDelayMs: pace.retryDelayMs,
    deliveryTimeoutMs: 20_000,
    // The webhook has as many places here as this machine has for it, not as many as Lambda has.
    attemptsAtOnce: 48,
    retryRequestId: weather.has('resigned') ? 'new' : 'same',
    retryTimestamp: weather.has('resigned') ? 'new' : 'same',
    tokenSeconds: weather.has('expired-token') ? 5 : 86_400,
    random: seeded(seed),
    now: () => Date.now() + skew,
  } as const;
}

/** The functions' environment: a quick pace, SQS and S3 by way of the proxies, and wrong clocks. */
function environmentOf(assembly: string, sqsUrl: string, s3Url: string, pace: Pace, { weather }: Sky) {
  const folder = readAssembly(assembly);
  const topology = createTopology(folder, sqsUrl);
  const queues = readChannels(topology, readFunctions(topology, folder));
  const urls = Object.fromEntries(Object.entries(queues).map(([channel, { url }]) => [channel, url]));
  const QUEUE_URLS = JSON.stringify(urls);
  const channels = Object.entries(urls).map(([channel, QUEUE_URL]): [string, Record<string, string>] => {
    const skewMs = Object.entries(SKEWED).find(([name]) => name === channel)?.[1];
    const wrongClock = weather.has('clock-skew') && skewMs !== undefined ? clockOption(skewMs) : {};
    return [channel, { QUEUE_URL, ...wrongClock }];
  });
  return {
    '*': {
      ...settingsOf(pace),
      AWS_ENDPOINT_URL_SQS: sqsUrl,
      AWS_ENDPOINT_URL_S3: s3Url,
      LOG_LEVEL: 'WARN',
    },
    webhook: { QUEUE_URLS },
    poller: { QUEUE_URLS },
    ...Object.fromEntries(channels),
  };
}

/** Makes a function's own clock wrong before its bundle is loaded. */
function clockOption(skewMs: number): Record<string, string> {
  const code = `const D = Date; globalThis.Date = class extends D {
    constructor(...args) { if (args.length === 0) super(D.now() + ${skewMs}); else super(...args); }
    static now() { return D.now() + ${skewMs}; }
  };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

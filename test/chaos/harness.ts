import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startTables } from '../../infra/local/backends/tables.ts';
import { readChannels } from '../../infra/local/channels.ts';
import { readFunctions } from '../../infra/local/lambda/definition.ts';
import { type Simulator, seeded, startSimulator } from '../../infra/local/ocrolus/index.ts';
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { createTopology } from '../../infra/local/template/topology.ts';
import { LOOK_CHANNEL } from '../../shared/events/channels.ts';
import { type Bodies, openBodies } from '../../shared/store/bodies/result-bodies.ts';
import { type DynamoTable, openTable } from '../../shared/store/table.ts';
import type { FaultContext } from './inject/context.ts';
import { startProxy } from './inject/proxy.ts';
import { bucketFault, dynamodbFault, shorterWaits, sqsFault, webhookFault } from './inject/service-faults.ts';
import { CompleteWatch } from './oracle/complete-watch.ts';
import { Contention } from './oracle/contention.ts';
import { LedgerLast } from './oracle/ledger-last.ts';
import { NeverOlder } from './oracle/never-older.ts';
import { type Pace, settingsOf } from './pace.ts';

/** The whole system with a simulated Ocrolus, and a proxy between each two parts that injects faults. */
export interface Harness {
  readonly stack: LocalStack;
  readonly simulator: Simulator;
  /** Past all faults, like the next two. */
  readonly table: DynamoTable;
  readonly bodies: Bodies;
  readonly sqs: SQSClient;
  readonly neverOlder: NeverOlder;
  readonly ledgerLast: LedgerLast;
  readonly completeWatch: CompleteWatch;
  readonly contention: Contention;
  stop(): Promise<void>;
}

const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export async function startHarness(options: {
  readonly seed: number;
  readonly assembly: string;
  readonly pace: Pace;
  readonly context: FaultContext;
  readonly log?: ((source: string, line: string) => void) | undefined;
}): Promise<Harness> {
  const { seed, assembly, pace, context } = options;
  const stops: (() => unknown)[] = [];
  const keep = <T extends { stop(): unknown }>(part: T): T => {
    stops.push(() => part.stop());
    return part;
  };
  const dataDir = await mkdtemp(join(tmpdir(), 'ocrolus-webhooks-chaos-'));
  stops.push(() => rm(dataDir, { recursive: true, force: true }));
  const simulator = await startSimulator(simulatorOptions(seed, pace, context));
  stops.push(() => simulator.close());

  let stack: LocalStack | undefined;
  const at = (service: 'sqs' | 's3') => () => stack?.endpoints[service] ?? '';
  const neverOlder = new NeverOlder();
  const ledgerLast = new LedgerLast(() => simulator.calls.length);
  const completeWatch = new CompleteWatch();
  const contention = new Contention();
  const tables = keep(await startTables(undefined));
  const [dynamodb, sqsProxy, s3Proxy] = await Promise.all([
    startProxy(() => tables.endpoint, {
      fault: dynamodbFault(context),
      observe(passing, answered) {
        neverOlder.observe(passing, answered);
        ledgerLast.observe(passing, answered);
        completeWatch.observe(passing, answered);
        contention.observe(passing, answered);
      },
    }).then(keep),
    startProxy(at('sqs'), { fault: sqsFault(context), rewrite: shorterWaits(pace.compression) }).then(keep),
    startProxy(at('s3'), { fault: bucketFault(context) }).then(keep),
  ]);
  stack = keep(
    await startLocalStack({
      dataDir,
      assembly,
      compileCache: join(assembly, 'compile-cache'),
      ocrolus: {
        apiUrl: simulator.url,
        authUrl: simulator.url,
        clientId: 'simulator-client',
        clientSecret: 'simulator-client-secret',
      },
      // `FaultRun` says when it runs.
      pollSeconds: 86_400,
      dynamodbEndpoint: dynamodb.url,
      environment: environmentOf(assembly, { sqsUrl: sqsProxy.url, s3Url: s3Proxy.url }, pace, context),
      log: (source, line) => {
        options.log?.(source, line);
        const reason = RETRIED.exec(line)?.[1];
        context.tally.add(reason === undefined ? 'other log lines' : `retried: ${reason}`);
      },
    }),
  );
  const { endpoints, webhookUrl, webhookSecret } = stack;
  const front = keep(await startProxy(() => new URL(webhookUrl).origin, { fault: webhookFault(context) }));
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
    completeWatch,
    contention,
    async stop() {
      for (const end of stops.reverse()) await end();
    },
  };
}

/** A consumer's log line about a message that could not be finished. */
const RETRIED = /"retry scheduled".*"code":"([^"]+)"/;

/** Ocrolus's clock against ours, for `Webhook-Timestamp`: well within the tolerance. */
const OCROLUS_SKEW_MS = -120_000;
/**
 * Channels whose Lambdas run ahead or behind, in milliseconds: more than NTP leaves. By whole seconds, a process may
 * call during a pause, until it learns of the faster clock (docs/decisions/0013).
 */
const SKEWED = { 'doc-verified': 200, 'book-verified': -200, 'book-results': 300, lifecycle: -100 };

function simulatorOptions(seed: number, pace: Pace, { profile }: FaultContext) {
  const skew = profile.has('clock-skew') ? OCROLUS_SKEW_MS : 0;
  return {
    requestsPerSecond: pace.requestsPerSecond,
    heavyRequestsPerSecond: pace.requestsPerSecond,
    retryDelayMs: pace.retryDelayMs,
    deliveryTimeoutMs: 20_000,
    // As many as this machine has webhook processes for; Lambda has more.
    attemptsAtOnce: 48,
    retryRequestId: profile.has('resigned') ? 'new' : 'same',
    retryTimestamp: profile.has('resigned') ? 'new' : 'same',
    tokenSeconds: profile.has('expired-token') ? 5 : 86_400,
    random: seeded(seed),
    now: () => Date.now() + skew,
  } as const;
}

/** The functions' environment: a fast pace, SQS and S3 through the proxies, and wrong clocks. */
function environmentOf(
  assembly: string,
  { sqsUrl, s3Url }: { readonly sqsUrl: string; readonly s3Url: string },
  pace: Pace,
  { profile }: FaultContext,
) {
  const folder = readAssembly(assembly);
  const topology = createTopology(folder, sqsUrl);
  const queues = readChannels(topology, readFunctions(topology, folder));
  const urls = Object.fromEntries(Object.entries(queues).map(([channel, { url }]) => [channel, url]));
  const QUEUE_URLS = JSON.stringify(urls);
  const channels = Object.entries(urls).map(([channel, QUEUE_URL]): [string, Record<string, string>] => {
    const skewMs = Object.entries(SKEWED).find(([name]) => name === channel)?.[1];
    const wrongClock = profile.has('clock-skew') && skewMs !== undefined ? clockOption(skewMs) : {};
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
    poller: { LOOK_QUEUE_URL: urls[LOOK_CHANNEL] ?? '' },
    ...Object.fromEntries(channels),
  };
}

/** Sets a function's clock wrong before its bundle is loaded. */
function clockOption(skewMs: number): Record<string, string> {
  const code = `const D = Date; globalThis.Date = class extends D {
    constructor(...args) { if (args.length === 0) super(D.now() + ${skewMs}); else super(...args); }
    static now() { return D.now() + ${skewMs}; }
  };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { startTables } from '../../infra/local/backends/tables.ts';
import { readFunctions } from '../../infra/local/lambda/definition.ts';
import { readChannels } from '../../infra/local/lambda/triggers.ts';
import { seeded } from '../../infra/local/ocrolus/random.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { createTopology } from '../../infra/local/template/topology.ts';
import { LOOK_CHANNEL } from '../../shared/events/channels.ts';
import { type System, startSystem } from '../integration/testing/system.ts';
import { type Chance, deliveryFaults, type Service, serviceFault } from './faults.ts';
import { startProxy } from './proxy.ts';

/** A day of checklist and poller takes ten seconds. */
const TIME_SCALE = 10 / 86_400;
/** Of this run; the functions scale them like every other time. */
export const LONGEST_POLL_SECONDS = 4;
const REQUESTS_PER_SECOND = '2000';
/** A message of a killed consumer is delivered again after this, which is enough for 200 documents. */
const VISIBILITY_SECONDS = 20;

const unscaled = (seconds: number) => String(Math.round(seconds / TIME_SCALE));
/** The functions' environment, at a fast pace. Nothing is old within a run. */
const QUICK = {
  QUICK_RETRY_SECONDS: '1,1',
  OCROLUS_REQUESTS_PER_SECOND: REQUESTS_PER_SECOND,
  OCROLUS_HEAVY_REQUESTS_PER_SECOND: REQUESTS_PER_SECOND,
  POLL_REQUESTS_PER_SECOND: REQUESTS_PER_SECOND,
  TIME_SCALE: String(TIME_SCALE),
  POLL_MIN_SECONDS: unscaled(1),
  POLL_MAX_SECONDS: unscaled(LONGEST_POLL_SECONDS),
  POLL_GRACE_SECONDS: unscaled(1),
  POLL_HORIZON_DAYS: '365',
  LOG_LEVEL: 'WARN',
};

/** The whole system, with a proxy between each two parts that injects faults. What it offers goes past all faults. */
export async function startFaultySystem(options: {
  readonly seed: number;
  readonly assembly: string;
  readonly chance: Chance;
}): Promise<System> {
  const { seed, assembly, chance } = options;
  let system: System | undefined;
  const proxy = (service: Service, target: () => string) =>
    startProxy(target, () => serviceFault(service, chance));
  const tables = await startTables(undefined);
  const dynamodb = await proxy('dynamodb', () => tables.endpoint);
  const sqs = await proxy('sqs', () => system?.stack.endpoints.sqs ?? '');
  const s3 = await proxy('s3', () => system?.stack.endpoints.s3 ?? '');
  const webhook = await proxy('webhook', () => new URL(system?.stack.webhookUrl ?? '').origin);
  const started = await startSystem({
    assembly,
    log: () => {},
    dynamodbEndpoint: dynamodb.url,
    environment: { '*': { ...QUICK, AWS_ENDPOINT_URL_S3: s3.url }, ...queuesAt(sqs.url, assembly) },
    simulator: {
      requestsPerSecond: Number(REQUESTS_PER_SECOND),
      heavyRequestsPerSecond: Number(REQUESTS_PER_SECOND),
      retryDelayMs: 300,
      deliveryTimeoutMs: 20_000,
      // As many as this machine has webhook processes for; Lambda has more.
      attemptsAtOnce: 48,
      retryRequestId: 'new',
      tokenSeconds: 5,
      random: seeded(seed),
    },
  });
  system = started;
  const { stack, simulator } = started;
  simulator.deliveries.faults = deliveryFaults(chance);
  const { pathname } = new URL(stack.webhookUrl);
  simulator.setWebhook({ url: webhook.url + pathname, secret: stack.webhookSecret });
  const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
  for (const { url: QueueUrl } of Object.values(stack.queues))
    await started.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  return {
    ...started,
    async stop() {
      await started.stop();
      for (const part of [webhook, s3, sqs, dynamodb, tables]) await part.stop();
    },
  };
}

/** The variables of the functions that name queues: the SDK sends to the host of a queue's URL. */
function queuesAt(sqsUrl: string, assembly: string) {
  const folder = readAssembly(assembly);
  const topology = createTopology(folder, sqsUrl);
  const queues = Object.entries(readChannels(topology, readFunctions(topology, folder)));
  const urls = Object.fromEntries(queues.map(([channel, { url }]) => [channel, url]));
  return {
    ...Object.fromEntries(queues.map(([channel, { url }]) => [channel, { QUEUE_URL: url }])),
    webhook: { QUEUE_URLS: JSON.stringify(urls) },
    poller: { LOOK_QUEUE_URL: urls[LOOK_CHANNEL] ?? '' },
  };
}

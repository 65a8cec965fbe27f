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
const REQUESTS_PER_SECOND = 2000;
/** A message of a killed consumer is delivered again after this, plus a second for so many documents of a book. */
const VISIBILITY_SECONDS = 15;
const DOCUMENTS_PER_SECOND = 60;
/** Ocrolus's clock against ours, for `Webhook-Timestamp`: well within the tolerance. */
const OCROLUS_SKEW_MS = -120_000;

/**
 * The whole system, with a proxy between each two parts that injects faults. What it offers goes past all faults.
 *
 * @param assembly folder of the synthesized app.
 * @param largest most documents of a book.
 */
export async function startFaultySystem(options: {
  readonly seed: number;
  readonly assembly: string;
  readonly largest: number;
  readonly chance: Chance;
  readonly log: (source: string, line: string) => void;
}): Promise<System> {
  const { seed, assembly, chance, log } = options;
  let system: System | undefined;
  const proxy = (service: Service, target: () => string) =>
    startProxy(target, (passing) => serviceFault(service, chance, passing));
  const tables = await startTables(undefined);
  const dynamodb = await proxy('dynamodb', () => tables.endpoint);
  const sqs = await proxy('sqs', () => system?.stack.endpoints.sqs ?? '');
  const s3 = await proxy('s3', () => system?.stack.endpoints.s3 ?? '');
  const webhook = await proxy('webhook', () => new URL(system?.stack.webhookUrl ?? '').origin);
  const started = await startSystem({
    assembly,
    log,
    dynamodbEndpoint: dynamodb.url,
    environment: environmentOf(assembly, sqs.url, s3.url),
    simulator: {
      requestsPerSecond: REQUESTS_PER_SECOND,
      heavyRequestsPerSecond: REQUESTS_PER_SECOND,
      retryDelayMs: 300,
      deliveryTimeoutMs: 20_000,
      // As many as this machine has webhook processes for; Lambda has more.
      attemptsAtOnce: 48,
      retryRequestId: 'new',
      tokenSeconds: 5,
      random: seeded(seed),
      now: () => Date.now() + OCROLUS_SKEW_MS,
    },
  });
  system = started;
  const { stack, simulator } = started;
  simulator.deliveries.faults = deliveryFaults(chance);
  simulator.setWebhook({
    url: webhook.url + new URL(stack.webhookUrl).pathname,
    secret: stack.webhookSecret,
  });
  const VisibilityTimeout = String(VISIBILITY_SECONDS + Math.floor(options.largest / DOCUMENTS_PER_SECOND));
  for (const { url: QueueUrl } of Object.values(stack.queues))
    await started.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout } }));
  return {
    ...started,
    async stop() {
      await started.stop();
      for (const part of [webhook, s3, sqs, dynamodb, tables]) await part.stop();
    },
  };
}

/** The functions' environment: a fast pace, and SQS and S3 through the proxies. */
function environmentOf(assembly: string, sqsUrl: string, s3Url: string) {
  const folder = readAssembly(assembly);
  const topology = createTopology(folder, sqsUrl);
  const queues = readChannels(topology, readFunctions(topology, folder));
  const urls = Object.fromEntries(Object.entries(queues).map(([channel, { url }]) => [channel, url]));
  const unscaled = (seconds: number) => String(Math.round(seconds / TIME_SCALE));
  const rate = String(REQUESTS_PER_SECOND);
  return {
    '*': {
      QUICK_RETRY_SECONDS: '1,1',
      OCROLUS_REQUESTS_PER_SECOND: rate,
      OCROLUS_HEAVY_REQUESTS_PER_SECOND: rate,
      POLL_REQUESTS_PER_SECOND: rate,
      TIME_SCALE: String(TIME_SCALE),
      POLL_MIN_SECONDS: unscaled(1),
      POLL_MAX_SECONDS: unscaled(LONGEST_POLL_SECONDS),
      POLL_GRACE_SECONDS: unscaled(1),
      // Nothing is old within a run.
      POLL_HORIZON_DAYS: '365',
      AWS_ENDPOINT_URL_SQS: sqsUrl,
      AWS_ENDPOINT_URL_S3: s3Url,
      LOG_LEVEL: 'WARN',
    },
    webhook: { QUEUE_URLS: JSON.stringify(urls) },
    poller: { LOOK_QUEUE_URL: urls[LOOK_CHANNEL] ?? '' },
    ...Object.fromEntries(Object.entries(urls).map(([channel, QUEUE_URL]) => [channel, { QUEUE_URL }])),
  };
}

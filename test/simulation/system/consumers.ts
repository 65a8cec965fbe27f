import { consume } from '../../../functions/consumers/runtime/consume.ts';
import {
  type ConsumerDependencies,
  openConsumer,
} from '../../../functions/consumers/runtime/dependencies.ts';
import { CHANNELS, type Channel, MAX_RECEIVES } from '../../../shared/events/channels.ts';
import type { Core } from './core.ts';
import { Environment } from './environment.ts';
import { consumerSettings, deadLetterUrl, queueUrl } from './settings.ts';

/** As the stack has them (infra/constructs/channel-queue.ts, consumer.ts). */
const BATCH_SIZE = 10;
const TIMEOUT_MS = 60_000;
const VISIBILITY_SECONDS = 360;
const MAXIMUM_CONCURRENCY = 5;

/** The queues of all channels, each with its consumer. */
export function startConsumers(core: Core): void {
  for (const channel of CHANNELS) {
    core.queues.create(deadLetterUrl(channel), { visibilitySeconds: 60 });
    core.queues.create(queueUrl(channel), {
      visibilitySeconds: VISIBILITY_SECONDS,
      deadLetter: {
        queueUrl: deadLetterUrl(channel),
        maxReceiveCount: MAX_RECEIVES,
        onDead: (message) => core.listeners.dead?.(message),
      },
    });
    for (let n = 0; n < MAXIMUM_CONCURRENCY; n += 1) void serve(core, channel);
  }
}

interface Consumer {
  readonly environment: Environment;
  readonly dependencies: ConsumerDependencies;
}

/** An event source mapping with one environment: batch after batch, with a fresh environment after a death or deployment. */
async function serve(core: Core, channel: Channel): Promise<void> {
  const url = queueUrl(channel);
  const queue = core.queues.of(url);
  let consumer: Consumer | undefined;
  for (;;) {
    await core.pauses.whileRunning(channel);
    await queue.waitForMessages();
    if (core.pauses.isPaused(channel)) continue;
    const records = core.queues.receive(url, BATCH_SIZE);
    if (records.length === 0) continue;
    core.listeners.received?.(records);
    if (consumer?.environment.isUsable !== true) consumer = open(core, channel);
    const { environment, dependencies } = consumer;
    const awsRequestId = core.random.uuid();
    const response = await environment.invoke(
      TIMEOUT_MS,
      core.faults.current.killed.consumer,
      (getRemainingTimeInMillis) =>
        consume(channel, dependencies, { Records: records }, { getRemainingTimeInMillis, awsRequestId }),
    );
    const failed =
      response && new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    core.listeners.processed?.({ records, failed, meter: environment.actor.meter });
    if (failed === undefined) continue;
    const done = records.filter(({ messageId }) => !failed.has(messageId));
    core.queues.deleteMessages(
      url,
      done.map(({ receiptHandle }) => receiptHandle),
    );
  }
}

function open(core: Core, channel: Channel): Consumer {
  const environment = new Environment(core, channel);
  const settings = consumerSettings(channel, environment.stage);
  return { environment, dependencies: openConsumer(settings, environment.ports) };
}

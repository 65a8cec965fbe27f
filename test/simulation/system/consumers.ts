import { consume } from '../../../functions/consumers/runtime/consume.ts';
import {
  type ConsumerDependencies,
  openConsumer,
} from '../../../functions/consumers/runtime/dependencies.ts';
import type { ConsumerSettings } from '../../../functions/consumers/runtime/settings.ts';
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
export function startConsumers(core: Core, accounts: readonly string[]): void {
  for (const channel of CHANNELS) {
    const settings = consumerSettings(channel, accounts);
    core.queues.create(deadLetterUrl(channel), { visibilitySeconds: 60 });
    core.queues.create(queueUrl(channel), {
      visibilitySeconds: VISIBILITY_SECONDS,
      deadLetter: { queueUrl: deadLetterUrl(channel), maxReceiveCount: MAX_RECEIVES },
    });
    for (let n = 0; n < MAXIMUM_CONCURRENCY; n += 1) void serve(core, channel, settings);
  }
}

interface Consumer {
  readonly environment: Environment;
  readonly dependencies: ConsumerDependencies;
}

/** An event source mapping with one environment: batch after batch, with a fresh environment after a death. */
async function serve(core: Core, channel: Channel, settings: ConsumerSettings): Promise<void> {
  const url = queueUrl(channel);
  const queue = core.queues.of(url);
  let consumer: Consumer | undefined;
  for (;;) {
    await queue.waitForMessages();
    const records = core.queues.receive(url, BATCH_SIZE);
    if (records.length === 0) continue;
    if (consumer === undefined || !consumer.environment.isAlive) consumer = open(core, channel, settings);
    const { environment, dependencies } = consumer;
    const awsRequestId = core.random.uuid();
    const response = await environment.invoke(
      TIMEOUT_MS,
      core.faults.current.killed.consumer,
      (getRemainingTimeInMillis) =>
        consume(channel, dependencies, { Records: records }, { getRemainingTimeInMillis, awsRequestId }),
    );
    if (response === undefined) continue;
    const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = records.filter(({ messageId }) => !failed.has(messageId));
    core.queues.deleteMessages(
      url,
      done.map(({ receiptHandle }) => receiptHandle),
    );
  }
}

function open(core: Core, channel: Channel, settings: ConsumerSettings): Consumer {
  const environment = new Environment(core, channel);
  return { environment, dependencies: openConsumer(settings, environment.ports) };
}

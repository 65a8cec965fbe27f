import { consume } from '../../../functions/consumers/runtime/consume.ts';
import {
  type ConsumerDependencies,
  openConsumer,
} from '../../../functions/consumers/runtime/dependencies.ts';
import { openPoller, type PollerDependencies } from '../../../functions/poller/dependencies.ts';
import { poll } from '../../../functions/poller/poll.ts';
import { CHANNELS, type Channel, MAX_RECEIVES } from '../../../shared/events/channels.ts';
import { SECOND } from '../ocrolus/random.ts';
import type { Core } from './core.ts';
import { Environment } from './environment.ts';
import { consumerSettings, deadLetterUrl, pollerSettings, queueUrl } from './settings.ts';

/** As the stack has them (infra/constructs/channel-queue.ts, consumer.ts). */
const BATCH_SIZE = 10;
const CONSUMER_TIMEOUT_MS = 60_000;
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
      CONSUMER_TIMEOUT_MS,
      core.faults.current.killed.consumer,
      (getRemainingTimeInMillis) =>
        consume(channel, dependencies, { Records: records }, { getRemainingTimeInMillis, awsRequestId }),
    );
    const failed =
      response && new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    core.listeners.processed?.({ records, failed });
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

const EVERY_MS = 300_000;
const POLLER_TIMEOUT_MS = 300_000;
/** One run in so many takes place although there is nothing to do. */
const IDLE_RUNS = 12;
/** A row that becomes due while a run is under way, or by a clock that is ahead. */
const AHEAD_MS = 30 * SECOND;

interface Poller {
  readonly environment: Environment;
  readonly dependencies: PollerDependencies;
}

/**
 * Runs the poller on its schedule. A run that lasts does not hold up the next, which gets another environment. Of the
 * runs that would find nothing due and nothing new, most are left out: they are half of all events of a simulation.
 */
export class PollerSchedule {
  readonly #core: Core;
  readonly #everyRun: boolean;
  #idle: Poller[] = [];
  #bookCount = 0;
  #skippedInARow = 0;
  runs = 0;

  /** @param everyRun takes place, also those that find nothing. */
  constructor(core: Core, everyRun = false) {
    this.#core = core;
    this.#everyRun = everyRun;
  }

  start(): void {
    this.#core.simulation.scheduler.after(EVERY_MS, () => {
      this.start();
      if (this.#everyRun || this.#hasWork()) void this.#run();
    });
  }

  #hasWork(): boolean {
    const { table, ocrolus, simulation } = this.#core;
    const until = new Date(simulation.scheduler.now() + AHEAD_MS).toISOString();
    const bookCount = ocrolus.bookCount();
    const isNew = bookCount > this.#bookCount;
    this.#bookCount = bookCount;
    const isDue = table.hasDue(until);
    this.#skippedInARow = isDue || isNew ? 0 : this.#skippedInARow + 1;
    return this.#skippedInARow % IDLE_RUNS === 0;
  }

  async #run(): Promise<void> {
    const core = this.#core;
    const runId = core.random.uuid();
    const idle = this.#idle.pop();
    const poller = idle?.environment.isUsable === true ? idle : openPollerFunction(core);
    this.runs += 1;
    await poller.environment.invoke(POLLER_TIMEOUT_MS, core.faults.current.killed.poller, (remaining) =>
      poll(poller.dependencies, runId, remaining()).catch(() => undefined),
    );
    if (poller.environment.actor.isAlive) this.#idle.push(poller);
  }
}

/** An execution environment of the poller, as it is deployed now. */
export function openPollerFunction(core: Core): Poller {
  const environment = new Environment(core, 'poller');
  return { environment, dependencies: openPoller(pollerSettings(environment.stage), environment.ports) };
}

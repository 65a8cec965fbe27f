import { createPlayedCore, type PlayedCore } from '../../simulation/played/core.ts';
import type { PlayedBook } from '../../simulation/played/played-book.ts';
import { PlayedOcrolus } from '../../simulation/played/played-ocrolus.ts';
import type { Environment } from '../../simulation/system/environment.ts';
import { FIXTURE_AT } from './expectations.ts';
import type { loadOldVersion, OldProduct } from './old-version.ts';

/** As the stack of version 0.1.0 has them. */
const BATCH_SIZE = 10;
const CONSUMER_TIMEOUT_MS = 60_000;
const VISIBILITY_SECONDS = 360;
const MAX_RECEIVES = 20;
const POLL_EVERY_MS = 300_000;

const urlOf = (channel: string) => `https://sqs.simulated/${channel}`;
export const deadLetterUrlOf = (channel: string) => `${urlOf(channel)}-dlq`;

/** The settings of a deployment. */
export interface Deployment {
  readonly accounts: readonly string[];
  readonly results?: Readonly<Record<string, string>>;
}

/** A stage of version 0.1.0 in virtual time, with a played Ocrolus. All times are milliseconds before the fixture ends. */
export class Stage {
  readonly ocrolus = new PlayedOcrolus();
  readonly core: PlayedCore['core'];
  readonly channels: readonly string[];
  readonly #played: PlayedCore;
  readonly #product: OldProduct;
  #deployment: Deployment;
  /** Counts deployments: an environment of an earlier one is not used again. */
  #version = 0;
  readonly #paused = new Set<string>();
  #pollerStopsAt = Number.POSITIVE_INFINITY;

  constructor(
    { kernel, product }: Awaited<ReturnType<typeof loadOldVersion>>,
    options: { readonly startsBefore: number; readonly deployment: Deployment },
  ) {
    this.#product = product;
    this.#deployment = options.deployment;
    this.channels = product.CHANNELS;
    this.#played = createPlayedCore(kernel, {
      ocrolus: this.ocrolus,
      accounts: options.deployment.accounts,
      startAt: FIXTURE_AT - options.startsBefore,
    });
    this.core = this.#played.core;
    for (const channel of this.channels) {
      const { queues } = this.core;
      queues.create(deadLetterUrlOf(channel), { visibilitySeconds: 60 });
      queues.create(urlOf(channel), {
        visibilitySeconds: VISIBILITY_SECONDS,
        deadLetter: { queueUrl: deadLetterUrlOf(channel), maxReceiveCount: MAX_RECEIVES },
      });
      for (let n = 0; n < 2; n += 1) void this.#serve(channel);
    }
    this.#schedulePoller();
  }

  at(before: number, work: () => void): void {
    this.core.simulation.scheduler.at(FIXTURE_AT - before, work);
  }

  show(before: number, book: PlayedBook): void {
    this.at(before, () => this.ocrolus.set(book));
  }

  /** @param ids as the body has them. */
  deliver(before: number, event: string, ids: Readonly<Record<string, unknown>>, account = 'north'): void {
    this.post(before, { event_name: event, ...ids }, account);
  }

  post(before: number, body: unknown, account = 'north'): void {
    this.at(before, () => void this.#played.post(account, body));
  }

  deploy(before: number, deployment: Deployment): void {
    this.at(before, () => {
      this.#deployment = deployment;
      this.#version += 1;
    });
  }

  /** From then on messages stay in the queues: `ops pause`. */
  pause(before: number, channels: readonly string[]): void {
    this.at(before, () => {
      for (const channel of channels) this.#paused.add(channel);
    });
  }

  stopPoller(before: number): void {
    this.#pollerStopsAt = FIXTURE_AT - before;
  }

  /** One more run. @param mode `now`: `ops poll`. @param remainingMs what is left of the Lambda's time when it starts. */
  pollOnce(before: number, mode: 'due' | 'now', remainingMs = POLL_EVERY_MS): void {
    this.at(before, () => void this.#poll(mode, remainingMs));
  }

  /** `ops forget`. */
  forget(before: number, book: Parameters<OldProduct['forgetBook']>[1]): void {
    this.at(before, () => {
      const { ports } = new this.#product.Environment(this.core, 'operator');
      const target = { table: ports.table, bodies: ports.bodies, queues: {}, sqs: {} };
      const options = { isPreview: false, signal: new AbortController().signal, now: ports.now } as const;
      void this.#product.forgetBook(target, book, options);
    });
  }

  /** Something that no function could have sent. */
  sendRaw(before: number, channel: string, body: string): void {
    this.at(before, () => this.core.queues.of(urlOf(channel)).send({ body, group: 'raw' }));
  }

  messagesOf(channel: string) {
    return [...this.core.queues.of(urlOf(channel)).messages()];
  }

  deadLettersOf(channel: string) {
    return [...this.core.queues.of(deadLetterUrlOf(channel)).messages()];
  }

  async run(): Promise<void> {
    await this.core.simulation.scheduler.run(FIXTURE_AT);
  }

  /** An event source mapping with one environment. */
  async #serve(channel: string): Promise<void> {
    const { consume, openConsumer, ConsumerSettings, Environment: Opened } = this.#product;
    const { queues, random } = this.core;
    const queue = queues.of(urlOf(channel));
    let opened: { version: number; environment: Environment; dependencies: unknown } | undefined;
    for (;;) {
      await queue.waitForMessages();
      if (this.#paused.has(channel)) return;
      const Records = queues.receive(queue.url, BATCH_SIZE);
      if (Records.length === 0) continue;
      if (opened?.version !== this.#version) {
        const environment = new Opened(this.core, channel);
        const settings = this.#settings(ConsumerSettings, { CHANNEL: channel, QUEUE_URL: queue.url });
        opened = {
          version: this.#version,
          environment,
          dependencies: openConsumer(settings, environment.ports),
        };
      }
      const { environment, dependencies } = opened;
      const awsRequestId = random.uuid();
      const response = await environment.invoke(CONSUMER_TIMEOUT_MS, 0, (getRemainingTimeInMillis) =>
        consume(channel, dependencies, { Records }, { getRemainingTimeInMillis, awsRequestId }),
      );
      const failed = new Set(response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const done = Records.filter(({ messageId }) => !failed.has(messageId));
      queues.deleteMessages(
        queue.url,
        done.map(({ receiptHandle }) => receiptHandle),
      );
    }
  }

  /** Runs without anything due are left out, except for one in an hour, for discovery. */
  #schedulePoller(): void {
    const { scheduler } = this.core.simulation;
    scheduler.after(POLL_EVERY_MS, () => {
      if (scheduler.now() >= this.#pollerStopsAt) return;
      this.#schedulePoller();
      const until = new Date(scheduler.now()).toISOString();
      // The table is of the old version, too.
      const table = this.core.table as unknown as { hasDue(shard: string, until: string): boolean };
      const isDue = this.#product.DUE_SHARDS.some((shard) => table.hasDue(shard, until));
      if (isDue || scheduler.now() % 3_600_000 < POLL_EVERY_MS) void this.#poll('due', POLL_EVERY_MS);
    });
  }

  async #poll(mode: 'due' | 'now', remainingMs: number): Promise<void> {
    const { poll, openPoller, PollerSettings, Environment: Opened } = this.#product;
    const QUEUE_URLS = JSON.stringify(
      Object.fromEntries(this.channels.map((channel) => [channel, urlOf(channel)])),
    );
    const environment = new Opened(this.core, 'poller');
    const dependencies = openPoller(this.#settings(PollerSettings, { QUEUE_URLS }), environment.ports);
    await environment.invoke(POLL_EVERY_MS, 0, () =>
      poll(dependencies, this.core.random.uuid(), remainingMs, mode),
    );
  }

  #settings(schema: unknown, variables: Readonly<Record<string, string>>): unknown {
    const { accounts, results } = this.#deployment;
    const credentials = accounts.map((name) => [name, { credentials: `api/${name}` }] as const);
    return this.#product.readSettings(schema, {
      STAGE: 'fixture',
      LOG_LEVEL: 'ERROR',
      TABLE_NAME: 'table',
      BUCKET_NAME: 'simulated-bucket',
      ACCOUNTS: JSON.stringify(Object.fromEntries(credentials)),
      // The fixture has the ledger of the last three days.
      LEDGER_DAYS: '1',
      ...(results !== undefined && { RESULTS: JSON.stringify(results) }),
      ...variables,
    });
  }
}

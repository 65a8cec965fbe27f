import { randomUUID } from 'node:crypto';
import { consume } from '../../../functions/consumers/runtime/consume.ts';
import { poll } from '../../../functions/poller/poll.ts';
import { MAX_RECEIVES } from '../../../shared/events/channels.ts';
import { Envelope } from '../../../shared/events/envelope.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Accounts } from '../../../shared/ocrolus/accounts.ts';
import type { OutgoingMessage } from '../../../shared/queue.ts';
import type { Table } from '../../../shared/store/table.ts';
import { createHarness, type Harness } from '../../consumers/testing/harness.ts';
import { createPollerHarness, type PollerHarness } from '../../poller/testing/harness.ts';
import type { Random } from '../../simulation/kernel/random.ts';
import { memoryBodies } from '../../store/testing/bodies.ts';
import { type Clock, createClock } from '../../store/testing/clock.ts';
import { type MemoryTable, memoryTable } from '../../store/testing/memory-table.ts';
import { LifeOcrolus } from './answers.ts';
import { Environment, type Trap } from './environment.ts';
import { guardedTable } from './guarded-table.ts';
import type { Run } from './knowledge.ts';
import { describeMessage, type Message, toRecord } from './message.ts';

/** When the messages of a killed Lambda are visible again. */
const VISIBILITY_MS = 6 * 60_000;

/** The system in one process: poller and consumers whose every access can be overtaken, or be the last one. */
export class Machine {
  readonly clock: Clock = createClock();
  readonly ocrolus = new LifeOcrolus(this.clock);
  readonly queue: Message[] = [];
  readonly accepted = new Set<string>();
  readonly problems: string[] = [];
  readonly story: string[] = [];
  readonly store: MemoryTable;
  readonly bodies = memoryBodies();
  trap: Trap | undefined;
  isInterleaved = true;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #random: Random;
  readonly #waiting: (() => void)[] = [];
  readonly #running = new Set<Promise<void>>();
  #poller: { harness: PollerHarness; environment: Environment; isBusy: boolean } | undefined;
  #consumers: { harness: Harness; environment: Environment; isBusy: boolean }[] = [];
  #runs = 0;

  static async create(random: Random, settings: Readonly<Record<string, string>>): Promise<Machine> {
    return new Machine(await memoryTable(), random, settings);
  }

  private constructor(store: MemoryTable, random: Random, settings: Readonly<Record<string, string>>) {
    this.store = store;
    this.#random = random;
    this.#settings = settings;
  }

  /** How many Lambdas run. */
  get running(): number {
    return this.#running.size;
  }

  note(line: string): void {
    if (this.story.length > 300) return;
    this.story.push(`${this.clock.iso()} ${line}`);
  }

  /** Ocrolus delivers an event, and the webhook queues it. */
  acceptAt(envelope: Envelope, at: number): void {
    this.accepted.add(envelope.deliveryId);
    this.#enqueue(envelope, Math.max(0, at - this.clock.now()));
  }

  #enqueue(envelope: Envelope, delayMs: number): void {
    this.queue.push({ envelope, attempts: 0, visibleAt: this.clock.now() + delayMs, isInFlight: false });
  }

  /** Starts a run of the poller, unless one is under way. */
  poll(): void {
    this.#poller ??= this.#createPoller();
    const poller = this.#poller;
    if (poller.isBusy) return;
    poller.isBusy = true;
    this.#start(poller.environment, async (run) => {
      this.#runs += 1;
      const { failed, ran } = await poll(poller.harness.dependencies, `run-${this.#runs}`, 300_000);
      this.note(`poller ${ran ? '' : 'not '}ran, ${failed} failed`);
      run.isDone = ran && failed === 0 && !poller.environment.isDead;
    }).finally(() => {
      poller.isBusy = false;
      if (poller.environment.isDead) this.#poller = undefined;
    });
  }

  /** Starts a consumer with a batch of what is visible. @param isTwice SQS delivers it twice. */
  consume(most: number, isTwice = false): boolean {
    const visible = this.queue.filter((one) => !one.isInFlight && one.visibleAt <= this.clock.now());
    if (visible.length === 0) return false;
    const first = this.isInterleaved ? this.#random.pick(visible) : visible[0];
    const channel = first?.envelope.channel;
    const batch = visible.filter(({ envelope }) => envelope.channel === channel).slice(0, most);
    let consumer = this.#consumers.find(({ isBusy }) => !isBusy);
    if (consumer === undefined) {
      consumer = this.#createConsumer();
      this.#consumers.push(consumer);
    }
    const own = consumer;
    own.isBusy = true;
    for (const message of batch) {
      message.isInFlight = true;
      message.attempts += 1;
    }
    this.#start(own.environment, (run) => this.#process(own, batch, run, isTwice)).finally(() => {
      own.isBusy = false;
      if (own.environment.isDead) this.#consumers = this.#consumers.filter((one) => one !== own);
    });
    return true;
  }

  async #process(
    { harness, environment }: { harness: Harness; environment: Environment },
    batch: readonly Message[],
    run: Run,
    isTwice: boolean,
  ): Promise<void> {
    const id = randomUUID();
    const records = batch.map((message, position) => toRecord(message, position, id));
    const channel = batch[0]?.envelope.channel ?? 'lifecycle';
    const { batchItemFailures } = await consume(
      channel,
      harness.dependencies,
      { Records: records },
      { awsRequestId: id, getRemainingTimeInMillis: () => 60_000 },
    );
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    run.isDone = failed.size === 0 && !environment.isDead;
    for (const [position, message] of batch.entries()) {
      message.isInFlight = false;
      const hasFailed = environment.isDead || failed.has(String(position));
      const seconds = harness.visibility.get(`${id}-${position}`) ?? VISIBILITY_MS / 1000;
      const about = describeMessage(message);
      this.note(`consumed ${about} attempt ${message.attempts}${hasFailed ? ' failed' : ''}`);
      if (hasFailed && message.attempts >= MAX_RECEIVES) this.problems.push(`dead letter: ${about}`);
      if ((hasFailed && message.attempts < MAX_RECEIVES) || (!hasFailed && isTwice)) {
        message.visibleAt =
          this.clock.now() + (environment.isDead || !hasFailed ? VISIBILITY_MS : seconds * 1000);
      } else this.queue.splice(this.queue.indexOf(message), 1);
    }
    this.#take(harness.requeued.splice(0));
  }

  #take(messages: readonly OutgoingMessage[]): void {
    for (const { body, delaySeconds = 0 } of messages)
      this.#enqueue(Envelope.parse(JSON.parse(body)), delaySeconds * 1000);
  }

  #start(environment: Environment, work: (run: Run) => Promise<void>): Promise<void> {
    const run: Run = { isDone: false };
    environment.run = run;
    environment.accesses = 0;
    environment.trap = this.trap;
    this.trap = undefined;
    const running = work(run).catch((error: unknown) => {
      // A run of the poller that fails is tried again five minutes later.
      if (!environment.isDead && !(error instanceof Failure))
        this.problems.push(`${error instanceof Error ? error.stack : error}`);
    });
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running));
  }

  /** Lets some accesses happen, in any order. */
  async step(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      await new Promise(setImmediate);
      if (this.#waiting.length === 0) return;
      const at = this.#random.int(0, this.#waiting.length - 1);
      const [next] = this.#waiting.splice(at, 1);
      next?.();
    }
  }

  /** Until no Lambda runs. */
  async finish(): Promise<void> {
    while (this.#running.size > 0) {
      if (this.isInterleaved) await this.step(1);
      else await Promise.all(this.#running);
    }
    await new Promise(setImmediate);
  }

  async #pass(environment: Environment): Promise<void> {
    if (this.isInterleaved) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (environment.isDead) throw new Error('killed');
  }

  async #access<T>(environment: Environment, work: () => Promise<T>): Promise<T> {
    await this.#pass(environment);
    environment.accesses += 1;
    const isTrapped = environment.accesses === environment.trap?.at;
    const does = isTrapped ? environment.trap?.does : undefined;
    if (does === 'throttle') throw new Failure('retry', 'dynamodb-throttled');
    if (does === 'kill-before') this.#kill(environment);
    const result = await work();
    if (does === 'kill-after') this.#kill(environment);
    return result;
  }

  #kill(environment: Environment): never {
    environment.isDead = true;
    this.note('killed');
    throw new Error('killed');
  }

  #tableOf(environment: Environment): Table {
    return guardedTable(this.store, {
      access: (work) => this.#access(environment, work),
      pass: () => this.#pass(environment),
      report: (problem) => this.problems.push(problem),
    });
  }

  #accountsOf(environment: Environment): Accounts {
    return this.ocrolus.accounts(
      () => environment.run,
      () => this.#access(environment, async () => {}),
    );
  }

  #createPoller() {
    const environment = new Environment();
    const take = (messages: readonly OutgoingMessage[]) =>
      this.#access(environment, async () => this.#take(messages));
    const harness = createPollerHarness(this.#tableOf(environment), this.#settings, {
      clock: this.clock,
      accounts: this.#accountsOf(environment),
      queue: { sendBatch: async (_, messages) => take(messages), depth: async () => this.queue.length },
    });
    return { harness, environment, isBusy: false };
  }

  #createConsumer() {
    const environment = new Environment();
    const results = (this.#poller ?? this.#createPoller()).harness.dependencies.policy;
    const harness = createHarness(this.#tableOf(environment), {
      clock: this.clock,
      accounts: this.#accountsOf(environment),
      bodies: this.bodies,
      results,
    });
    return { harness, environment, isBusy: false };
  }
}

import { AccountHealth } from '../../../functions/poller/account-health.ts';
import type { PollerDependencies } from '../../../functions/poller/dependencies.ts';
import { type PollReport, poll } from '../../../functions/poller/poll.ts';
import { type PolledBook, pollBook } from '../../../functions/poller/poll-book.ts';
import type { PollMode } from '../../../functions/poller/poll-options.ts';
import { Sender } from '../../../functions/poller/send.ts';
import { PollerSettings } from '../../../functions/poller/settings.ts';
import { timesOf } from '../../../shared/checklist/times.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { Envelope } from '../../../shared/events/envelope.ts';
import type { OutgoingMessage, Queue } from '../../../shared/queue.ts';
import { readSettings } from '../../../shared/settings.ts';
import { Circuits } from '../../../shared/store/polling/circuits.ts';
import { readDue } from '../../../shared/store/polling/due.ts';
import { createReader, type Reader } from '../../../shared/store/reader.ts';
import type { DueRow, Table } from '../../../shared/store/table.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import { createHarness, type Harness, receive, testPorts } from '../../consumers/testing/harness.ts';
import { type ScriptedOcrolus, scriptedOcrolus } from '../../consumers/testing/ocrolus.ts';
import { memoryBodies } from '../../store/testing/bodies.ts';
import { type Clock, createClock } from '../../store/testing/clock.ts';

/** The poller with a real table, a scripted Ocrolus, a clock of its own, and queues that take notes. */
export interface PollerHarness {
  readonly dependencies: PollerDependencies;
  readonly table: Table;
  readonly reader: Reader;
  readonly ocrolus: ScriptedOcrolus;
  readonly clock: Clock;
  /** What was sent and has not been processed. */
  readonly sent: Envelope[];
  /** How deep every queue is. */
  depth: number;
  readonly counted: Map<string, number>;
  /** The last value of each metric that was measured. */
  readonly measured: Map<string, number>;
  /** What is due now, as the index shows it. */
  due(): Promise<DueRow[]>;
  /** Polls the only book that is due. */
  pollDue(mode?: PollMode): Promise<PolledBook>;
  pollRow(row: DueRow, mode?: PollMode): Promise<PolledBook>;
  run(remainingMs?: number): Promise<PollReport>;
  /** Lets consumers process what was sent. @returns the names of the events. */
  process(): Promise<string[]>;
  /** Runs the poller once an hour for a number of hours; consumers process each message immediately. */
  liveHours(hours: number): Promise<void>;
  /** The same for days. */
  live(days: number): Promise<void>;
  /** The consumers, with the same table, clock and Ocrolus. */
  readonly consumers: Harness;
}

export interface PollerHarnessOptions {
  readonly accounts?: PollerDependencies['accounts'];
  readonly ocrolus?: ScriptedOcrolus;
  readonly clock?: Clock;
  readonly queue?: Partial<Queue>;
}

export function createPollerHarness(
  table: Table,
  settings: Readonly<Record<string, string>> = {},
  options: PollerHarnessOptions = {},
): PollerHarness {
  const { clock = createClock() } = options;
  const { ocrolus = scriptedOcrolus(clock) } = options;
  const accounts = options.accounts ?? ocrolus.accounts;
  const sent: Envelope[] = [];
  const counted = new Map<string, number>();
  const measured = new Map<string, number>();
  const read = pollerSettings(settings);
  const times = timesOf(read);
  const take = (messages: readonly OutgoingMessage[]) => {
    sent.push(...messages.map(({ body }) => Envelope.parse(JSON.parse(body))));
  };
  const bodies = memoryBodies();
  const dependencies: PollerDependencies = {
    settings: read,
    ports: testPorts({
      table,
      bodies,
      now: clock.now,
      queue: {
        send: async (_url, message) => take([message]),
        sendBatch: async (_url, messages) => take(messages),
        changeVisibility: () => Promise.reject(new Error('the poller receives nothing')),
        depth: async () => harness.depth,
        ...options.queue,
      },
    }),
    accounts,
    circuits: new Circuits(table, times, clock.now),
    policy: read.RESULTS,
    times,
    log: createLog({ write: () => {}, now: clock.now }),
    metrics: {
      count: (name, _dimensions, value = 1) => counted.set(name, (counted.get(name) ?? 0) + value),
      record: (name, value) => measured.set(name, value),
    },
  };
  const consumers = createHarness(table, { clock, ocrolus, accounts, bodies, results: read.RESULTS, times });
  let runs = 0;
  const due = async () => {
    const rows: DueRow[] = [];
    for await (const row of readDue(table, clock.iso())) rows.push(row);
    return rows;
  };
  const pollRow = (row: DueRow, mode: PollMode = 'due') => {
    const sender = new Sender(dependencies);
    const health = new AccountHealth();
    return pollBook(dependencies, row, { sender, health, deadline: Number.POSITIVE_INFINITY, mode });
  };
  const harness: PollerHarness = {
    dependencies,
    table,
    reader: createReader(table, bodies),
    ocrolus,
    clock,
    sent,
    depth: 0,
    counted,
    measured,
    due,
    pollRow,
    async pollDue(mode = 'due') {
      const [row, ...others] = await due();
      if (row === undefined || others.length > 0) throw new Error(`${others.length} others are due`);
      return pollRow(row, mode);
    },
    run(remainingMs = 300_000) {
      runs += 1;
      return poll(dependencies, `run-${runs}`, remainingMs);
    },
    async process() {
      const messages = sent.splice(0);
      for (const message of messages) await receive(consumers, [message]);
      return messages.map(({ eventName }) => eventName);
    },
    async liveHours(hours) {
      for (let hour = 0; hour < hours; hour += 1) {
        clock.advance(3600);
        await harness.run();
        await harness.process();
      }
    },
    live: (days) => harness.liveHours(days * 24),
    consumers,
  };
  return harness;
}

/** The defaults, without discovery. */
export function pollerSettings(settings: Readonly<Record<string, string>>): PollerSettings {
  const queues = CHANNELS.map((channel) => [channel, `https://queue.example/${channel}`]);
  return readSettings(PollerSettings, {
    STAGE: 'test',
    ACCOUNTS: '{"default":{"credentials":"arn"}}',
    TABLE_NAME: 'books',
    BUCKET_NAME: 'bodies',
    QUEUE_URLS: JSON.stringify(Object.fromEntries(queues)),
    POLL_DISCOVER: 'false',
    ...settings,
  });
}

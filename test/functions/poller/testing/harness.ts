import { type PollerDependencies, PollerSettings } from '../../../../functions/poller/dependencies.ts';
import { type PollMode, type PollReport, poll } from '../../../../functions/poller/poll.ts';
import { timesOf } from '../../../../shared/checklist/times.ts';
import { Envelope } from '../../../../shared/events/envelope.ts';
import type { OutgoingMessage, Queue } from '../../../../shared/queue.ts';
import { readSettings } from '../../../../shared/settings.ts';
import { readDue } from '../../../../shared/store/polling/due.ts';
import { createReader, type Reader } from '../../../../shared/store/reader.ts';
import type { DueRow, Table } from '../../../../shared/store/table.ts';
import { createLog } from '../../../../shared/telemetry/log.ts';
import { memoryBodies } from '../../../shared/store/testing/bodies.ts';
import { type Clock, createClock } from '../../../shared/store/testing/clock.ts';
import { createHarness, type Harness, receive, testPorts } from '../../consumers/testing/harness.ts';
import { type ScriptedOcrolus, scriptedOcrolus } from '../../consumers/testing/ocrolus.ts';

/** The poller with a real table, a scripted Ocrolus, a clock of its own, and queues that take notes. */
export interface PollerHarness {
  readonly dependencies: PollerDependencies;
  readonly table: Table;
  readonly reader: Reader;
  readonly ocrolus: ScriptedOcrolus;
  readonly clock: Clock;
  /** Messages that were sent and not processed. */
  readonly sent: Envelope[];
  /** Number of messages that wait in the queue for looks. */
  depth: number;
  readonly counted: Map<string, number>;
  /** The last value of each metric that was measured. */
  readonly measured: Map<string, number>;
  /** Rows that are due now, from the index. */
  due(): Promise<DueRow[]>;
  run(remainingMs?: number, mode?: PollMode): Promise<PollReport>;
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
      // Time passes while the poller waits.
      wait: async (milliseconds) => clock.advance(milliseconds / 1000),
      queue: {
        send: async (_url, message) => take([message]),
        sendBatch: async (_url, messages) => take(messages),
        changeVisibility: () => Promise.reject(new Error('the poller receives nothing')),
        depth: async () => harness.depth,
        ...options.queue,
      },
    }),
    accounts,
    times,
    log: createLog({ write: () => {}, now: clock.now }),
    metrics: {
      flush: () => {},
      count: (name, _dimensions, value = 1) => counted.set(name, (counted.get(name) ?? 0) + value),
      record: (name, value) => measured.set(name, value),
    },
  };
  const consumers = consumersOf(
    createHarness(table, { clock, ocrolus, accounts, bodies, results: read.RESULTS, times }),
    read,
  );
  let runs = 0;
  const due = async () => {
    const rows: DueRow[] = [];
    for await (const row of readDue(table, clock.iso())) rows.push(row);
    return rows;
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
    run(remainingMs = 300_000, mode: PollMode = 'due') {
      runs += 1;
      return poll(dependencies, `run-${runs}`, remainingMs, mode);
    },
    async process() {
      const names: string[] = [];
      // A look that has no time for everything sends itself again.
      for (let messages = sent.splice(0); messages.length > 0; messages = sent.splice(0)) {
        for (const message of messages) await receive(consumers, [message]);
        names.push(...messages.map(({ eventName }) => eventName));
        sent.push(...consumers.requeued.splice(0).map(({ body }) => Envelope.parse(JSON.parse(body))));
      }
      return names;
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

/** They know whether the poller reads the list of books. */
function consumersOf(consumers: Harness, { POLL_DISCOVER }: PollerSettings): Harness {
  const { dependencies } = consumers;
  return {
    ...consumers,
    dependencies: { ...dependencies, settings: { ...dependencies.settings, POLL_DISCOVER } },
  };
}

/** The defaults, without discovery. */
export function pollerSettings(settings: Readonly<Record<string, string>>): PollerSettings {
  return readSettings(PollerSettings, {
    STAGE: 'test',
    ACCOUNTS: '{"default":{"credentials":"arn"}}',
    TABLE_NAME: 'books',
    BUCKET_NAME: 'bodies',
    LOOK_QUEUE_URL: 'https://queue.example/book-results',
    POLL_DISCOVER: 'false',
    ...settings,
  });
}

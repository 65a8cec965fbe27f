import { randomUUID } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { consume } from '../../../../functions/consumers/runtime/consume.ts';
import {
  type ConsumerDependencies,
  STREAMS_AT_ONCE,
} from '../../../../functions/consumers/runtime/dependencies.ts';
import { DEFAULT_RESULTS, type ResultsPolicy } from '../../../../shared/checklist/kinds.ts';
import type { Times } from '../../../../shared/checklist/times.ts';
import { LOOK_CHANNEL, LOOK_NAME } from '../../../../shared/events/channels.ts';
import type { Envelope } from '../../../../shared/events/envelope.ts';
import type { Ports } from '../../../../shared/ports.ts';
import type { OutgoingMessage, Queue } from '../../../../shared/queue.ts';
import { Slots } from '../../../../shared/rate-limit/slots.ts';
import { Circuits } from '../../../../shared/store/polling/circuits.ts';
import { createReader, type Reader } from '../../../../shared/store/reader.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { createLog } from '../../../../shared/telemetry/log.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { type MemoryBodies, memoryBodies } from '../../../shared/store/testing/bodies.ts';
import { type Clock, createClock } from '../../../shared/store/testing/clock.ts';
import { TIMES } from '../../../shared/store/testing/observations.ts';
import { type ScriptedOcrolus, scriptedOcrolus } from './ocrolus.ts';

/** A consumer with everything around it: a real table, a scripted Ocrolus, a queue that takes notes. */
export interface Harness {
  readonly dependencies: ConsumerDependencies;
  readonly table: Table;
  readonly reader: Reader;
  readonly bodies: MemoryBodies;
  readonly ocrolus: ScriptedOcrolus;
  readonly clock: Clock;
  /** Seconds by receipt handle, as the consumer has changed them. */
  readonly visibility: Map<string, number>;
  /** Messages that were sent in place of finished ones. */
  readonly requeued: OutgoingMessage[];
  /** Every line of log. */
  readonly lines: string[];
  /** Names of the metrics that were counted, with their dimensions. */
  readonly counted: { readonly name: string; readonly dimensions: Readonly<Record<string, string>> }[];
  /** Metrics that have a value, in order: names, values of their dimensions, and the value. */
  readonly recorded: string[];
}

export interface HarnessOptions {
  readonly results?: Partial<ResultsPolicy>;
  readonly clock?: Clock;
  readonly ocrolus?: ScriptedOcrolus;
  readonly accounts?: ConsumerDependencies['accounts'];
  readonly bodies?: MemoryBodies;
  readonly queue?: Partial<Queue>;
  /** By default those of the default settings. */
  readonly times?: Times;
}

export function createHarness(table: Table, options: HarnessOptions = {}): Harness {
  const { clock = createClock(), times = TIMES } = options;
  const ocrolus = options.ocrolus ?? scriptedOcrolus(clock);
  const bodies = options.bodies ?? memoryBodies();
  const visibility = new Map<string, number>();
  const requeued: OutgoingMessage[] = [];
  const lines: string[] = [];
  const counted: Harness['counted'] = [];
  const recorded: Harness['recorded'] = [];
  const queue: Queue = {
    send: async (_url, message) => {
      requeued.push(message);
    },
    sendBatch: () => Promise.reject(new Error('consumers send no batches')),
    changeVisibility: async (_url, receiptHandle, seconds) => {
      visibility.set(receiptHandle, seconds);
    },
    depth: async () => 0,
    ...options.queue,
  };
  const dependencies: ConsumerDependencies = {
    settings: {
      QUICK_RETRY_SECONDS: [3, 15],
      LEDGER_DAYS: 180,
      QUEUE_URL: 'https://queue.example/own',
      POLL_DISCOVER: true,
      PARAMETERS: {},
      OVERDUE_HOURS: 24,
      TIME_SCALE: 1,
    },
    ports: testPorts({ table, queue, bodies, now: clock.now, line: (text) => lines.push(text) }),
    accounts: options.accounts ?? ocrolus.accounts,
    circuits: new Circuits(table, times, clock.now),
    policy: { ...DEFAULT_RESULTS, ...options.results },
    times,
    streams: new Slots(STREAMS_AT_ONCE),
    log: createLog({ level: 'DEBUG', write: (line) => lines.push(line), now: clock.now }),
    metrics: {
      flush: () => {},
      count: (name, dimensions) => counted.push({ name, dimensions }),
      record: (name, value, _unit, dimensions) =>
        void recorded.push([name, ...Object.values(dimensions), Math.round(value)].join(' ')),
    },
  };
  const reader = createReader(table, bodies);
  return {
    dependencies,
    table,
    reader,
    bodies,
    ocrolus,
    clock,
    visibility,
    requeued,
    lines,
    counted,
    recorded,
  };
}

/** Ports of which a test gives those that its code uses; the others fail. */
export function testPorts(given: Pick<Ports, 'table' | 'now'> & Partial<Ports>): Ports {
  const unused = () => {
    throw new Error('this port is not used here');
  };
  return {
    wait: unused,
    // The middle of every jitter: none.
    random: () => 0.5,
    id: randomUUID,
    timeout: unused,
    fetch: unused,
    queue: { send: unused, sendBatch: unused, changeVisibility: unused, depth: unused },
    bodies: memoryBodies(),
    secret: unused,
    line: () => {},
    ...given,
  };
}

export interface Receiving {
  /** Number of times that SQS has delivered the messages, including this one. */
  readonly attempts?: number;
  readonly remainingMs?: number;
}

/** Processes one batch; a message that is no envelope is sent as it is. @returns the ids that failed, as positions. */
export async function receive(
  harness: Pick<Harness, 'dependencies'>,
  messages: readonly (Envelope | string)[],
  { attempts = 1, remainingMs = 60_000 }: Receiving = {},
): Promise<string[]> {
  const Records = messages.map((message, position) =>
    toRecord(typeof message === 'string' ? message : JSON.stringify(message), {
      id: `message-${position}`,
      receiptHandle: `receipt-${position}`,
      attempts,
    }),
  );
  const channel = typeof messages[0] === 'object' ? messages[0].channel : 'lifecycle';
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => remainingMs };
  const { batchItemFailures } = await consume(channel, harness.dependencies, { Records }, context);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** The message by which the poller hands a book over. */
export function look(bookUuid: string, more: Partial<Envelope> = {}): Envelope {
  const at = { channel: LOOK_CHANNEL, source: 'poll' } as const;
  return delivery(LOOK_NAME, { bookUuid }, { ...at, ...more });
}

/** A record as SQS delivers it. */
export function toRecord(
  body: string,
  {
    id,
    receiptHandle,
    attempts,
  }: { readonly id: string; readonly receiptHandle: string; readonly attempts: number },
): SQSRecord {
  return {
    messageId: id,
    receiptHandle,
    body,
    attributes: {
      ApproximateReceiveCount: String(attempts),
      SentTimestamp: '0',
      SenderId: 'test',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:test',
    awsRegion: 'us-east-1',
  };
}

import { randomUUID } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { consume, type Observe } from '../../../functions/consumers/consume.ts';
import type { ConsumerParts } from '../../../functions/consumers/parts.ts';
import { RecentObservations } from '../../../functions/consumers/recent-observations.ts';
import { catalogEntry, findEventName } from '../../../shared/events/catalog.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import type { EventIds } from '../../../shared/events/ids.ts';
import { createReader, type Reader } from '../../../shared/store/reader.ts';
import type { Table } from '../../../shared/store/table.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import { type MemoryBodies, memoryBodies } from '../../store/testing/bodies.ts';
import { type Clock, createClock } from '../../store/testing/clock.ts';
import { type ScriptedOcrolus, scriptedOcrolus } from './ocrolus.ts';

/** A consumer with everything around it: a real table, a scripted Ocrolus, a queue that takes notes. */
export interface Stage {
  readonly parts: ConsumerParts;
  readonly table: Table;
  readonly reader: Reader;
  readonly bodies: MemoryBodies;
  readonly ocrolus: ScriptedOcrolus;
  readonly clock: Clock;
  /** Seconds by receipt handle, as the consumer has stretched them. */
  readonly visibility: Map<string, number>;
  /** What was sent anew, in place of a message that is finished. */
  readonly anew: { readonly body: string; readonly group: string; readonly seconds: number }[];
  /** Names of the metrics that were counted, with their dimensions. */
  readonly counted: { readonly name: string; readonly dimensions: Readonly<Record<string, string>> }[];
}

export function createStage(table: Table, more: Partial<ConsumerParts> = {}): Stage {
  const clock = createClock();
  const ocrolus = scriptedOcrolus(clock);
  const bodies = memoryBodies();
  const visibility = new Map<string, number>();
  const anew: Stage['anew'] = [];
  const counted: Stage['counted'] = [];
  const parts: ConsumerParts = {
    settings: {
      QUICK_RETRY_SECONDS: [3, 15],
      LEDGER_DAYS: 180,
      POLL_MIN_SECONDS: 300,
      POLL_MAX_SECONDS: 21_600,
      POLL_GRACE_SECONDS: 600,
    },
    accounts: ocrolus.accounts,
    table,
    bodies,
    changeVisibility: async (receiptHandle, seconds) => {
      visibility.set(receiptHandle, seconds);
    },
    sendAnew: async (body, group, seconds) => {
      anew.push({ body, group, seconds });
    },
    recent: new RecentObservations(clock.now),
    log: createLog({ write: () => {} }),
    metrics: {
      count: (name, dimensions) => counted.push({ name, dimensions }),
      record: () => {},
    },
    now: clock.now,
    random: () => 0.5,
    ...more,
  };
  const reader = createReader(table, bodies);
  return { parts, table, reader, bodies, ocrolus, clock, visibility, anew, counted };
}

/** The message of an event that Ocrolus sent at the tests' present. */
export function delivery(eventName: string, ids: EventIds, more: Partial<Envelope> = {}): Envelope {
  const known = findEventName(eventName);
  return {
    version: 1,
    deliveryId: randomUUID(),
    account: 'default',
    source: 'webhook',
    receivedAt: '2026-03-02T08:01:30.000Z',
    eventName,
    channel: known === undefined ? 'unrecognized' : catalogEntry(known).channel,
    ids,
    ...more,
  };
}

export interface Receiving {
  /** How often SQS has delivered the messages, this time included. */
  readonly attempts?: number;
  readonly remainingMs?: number;
}

/** Works off one batch; a message that is no envelope is sent as it is. @returns the ids that failed, as positions. */
export async function receive(
  stage: Stage,
  observe: Observe,
  messages: readonly (Envelope | string)[],
  { attempts = 1, remainingMs = 60_000 }: Receiving = {},
): Promise<string[]> {
  const Records = messages.map((message, position) => toRecord(message, position, attempts));
  const channel = typeof messages[0] === 'object' ? messages[0].channel : 'lifecycle';
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => remainingMs };
  const { batchItemFailures } = await consume(channel, observe, stage.parts, { Records }, context);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

function toRecord(message: Envelope | string, position: number, attempts: number): SQSRecord {
  return {
    messageId: `message-${position}`,
    receiptHandle: `receipt-${position}`,
    body: typeof message === 'string' ? message : JSON.stringify(message),
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

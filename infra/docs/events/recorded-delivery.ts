import { isDeepStrictEqual } from 'node:util';
import { Batch } from '../../../functions/consumers/runtime/batch.ts';
import { DeliveryContext } from '../../../functions/consumers/runtime/delivery-context.ts';
import type { ConsumerDependencies } from '../../../functions/consumers/runtime/dependencies.ts';
import { RecentObservations } from '../../../functions/consumers/runtime/recent-observations.ts';
import { DEFAULT_RESULTS } from '../../../shared/checklist/kinds.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import type { Call } from '../../../shared/ocrolus/calls.ts';
import type { OcrolusClient, Reply } from '../../../shared/ocrolus/client.ts';
import { Slots } from '../../../shared/slots.ts';
import { Circuits } from '../../../shared/store/polling/circuits.ts';
import type { Table } from '../../../shared/store/table.ts';
import { createLog } from '../../../shared/telemetry/log.ts';
import { DEFAULT_TIMES } from './default-times.ts';

/** The time of everything in the generated pages. */
export const NOW = '2026-01-01T00:00:00.000Z';

/** Placeholders of ids in the generated pages. */
export const IDS = {
  bookUuid: '<book>',
  uploadedDocUuid: '<document>',
  imageGroupPk: '<group>',
  analyticsRequestId: '<request>',
  businessUuid: '<business>',
} as const;

export interface RecordedDelivery {
  readonly context: DeliveryContext;
  /** Every call to Ocrolus, in order, without repetitions. */
  readonly asked: Call[];
  /** Sort keys of the written items. */
  readonly stored: string[];
}

/** Answers a call in place of Ocrolus. */
export type Answering = (
  call: Call,
) => Pick<Reply, 'kind'> & { readonly code?: string; readonly json?: unknown };

/** An empty body counts as a result of any kind. */
export const HAS_RESULT: Answering = () => ({ kind: 'ok', json: {} });

/**
 * A delivery as a consumer processes it, with a table and an Ocrolus that record every request. The docs are derived from
 * what the consumers' own code does with it.
 */
export function recordedDelivery(
  envelope: Partial<Envelope>,
  answering: Answering = HAS_RESULT,
): RecordedDelivery {
  const asked: Call[] = [];
  const stored: string[] = [];
  const whole: Envelope = {
    version: 1,
    deliveryId: '<delivery>',
    account: 'default',
    source: 'webhook',
    receivedAt: NOW,
    eventName: '',
    channel: 'lifecycle',
    ids: IDS,
    ...envelope,
  };
  const dependencies = recordingDependencies(stored, (call) => {
    if (!asked.some((known) => isDeepStrictEqual(known, call))) asked.push(call);
    return replyTo(call, answering);
  });
  const context = new DeliveryContext({
    envelope: whole,
    dependencies,
    log: dependencies.log,
    batch: new Batch([{ envelope: whole, attempts: 1 }]),
    attempts: 1,
    deadline: Number.POSITIVE_INFINITY,
  });
  return { context, asked, stored };
}

function replyTo(call: Call, answering: Answering): Reply {
  const { kind, code = '', json } = answering(call);
  if (kind !== 'ok') return { kind, code, askedAt: NOW };
  const body = Buffer.from(JSON.stringify(json));
  return { kind, answer: { operation: call.operation, body, json, httpStatus: 200, askedAt: NOW } };
}

function recordingDependencies(stored: string[], ask: (call: Call) => Reply): ConsumerDependencies {
  const now = () => Date.parse(NOW);
  const table = recordingTable(stored);
  const client: OcrolusClient = {
    ask: async (call) => ask(call),
    fetch: async (call) => ask(call),
    get: unused,
    getSigned: async () => ({ kind: 'not-yet', code: '', askedAt: NOW }),
    send: unused,
  };
  return {
    settings: { QUICK_RETRY_SECONDS: [], LEDGER_DAYS: 1, QUEUE_URL: '' },
    ports: {
      now,
      wait: unused,
      random: () => 0.5,
      id: () => '<id>',
      timeout: unused,
      fetch: unused,
      table,
      queue: { send: unused, sendBatch: unused, changeVisibility: unused, depth: unused },
      bodies: {
        bucket: '',
        put: unused,
        get: unused,
        open: unused,
        startUpload: unused,
        removeAll: unused,
        compress: async (body) => body,
        compressStream: unused,
      },
      secret: unused,
      line: () => {},
    },
    accounts: { names: ['default'], client: () => client },
    circuits: new Circuits(table, DEFAULT_TIMES, now),
    policy: DEFAULT_RESULTS,
    times: DEFAULT_TIMES,
    recent: new RecentObservations(now),
    streams: new Slots(1),
    log: createLog({ write: () => {} }),
    metrics: { count: () => {}, record: () => {} },
  };
}

/** An empty table, which records what is put into it. */
function recordingTable(stored: string[]): Table {
  const nothing = async function* () {};
  return {
    get: async () => undefined,
    put: async ({ item }) => {
      stored.push(item);
      return { written: true, before: undefined };
    },
    update: unused,
    delete: unused,
    query: nothing,
    queryDue: nothing,
  };
}

function unused(): never {
  throw new Error('a generated page uses a port that it should not need');
}

import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { CHANNELS } from '../../shared/events/channels.ts';
import { createReader, type Reader } from '../../shared/store/reader.ts';
import { readOnlyTable } from '../simulation/kernel/table/memory-table.ts';
import { marshalAttributes } from '../simulation/kernel/table/values.ts';
import { deadLetterUrl, defaultStage, queueUrl } from '../simulation/system/settings.ts';
import { createPlayedSystem, type PlayedSystem } from './played/played-system.ts';

/** A message as a queue had it. Times are Unix milliseconds. */
interface RecordedMessage {
  readonly id: string;
  readonly group: string;
  readonly sentAt: number;
  /** Number of receives so far. */
  readonly receiveCount: number;
  readonly visibleAt: number;
  /** Parsed; a text that is not JSON is a string. */
  readonly body: unknown;
}

/** State that a version left behind: see `about` and `index` of the file. */
export interface Fixture {
  /** End of the fixture: the last functions of the version have stopped a minute before. */
  readonly at: string;
  /** The state of the version that the items of each partition show. */
  readonly index: readonly { readonly bookId: string; readonly shows: string }[];
  /** Binary attributes as `{base64}`. */
  readonly table: readonly Readonly<Record<string, unknown>>[];
  /** Objects of the bucket, gzipped. */
  readonly bodies: readonly { readonly bucket: string; readonly key: string; readonly gzip: string }[];
  readonly queues: Readonly<Record<string, readonly RecordedMessage[]>>;
  readonly deadLetters: Readonly<Record<string, readonly RecordedMessage[]>>;
}

/** Duration of a deployment, in which no function runs. */
const DEPLOYMENT_MS = 600_000;

/** This version on the table, the bucket and the queues that another version has left behind. */
export interface UpgradedSystem extends Omit<PlayedSystem, 'start'> {
  /** Reader of downstream services. */
  readonly reader: Reader;
}

export function readFixture(file: string): Fixture {
  return JSON.parse(readFileSync(file, 'utf8'), (_, value: unknown) => bytesOf(value) ?? value);
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'object' || value === null || !('base64' in value)) return undefined;
  return typeof value.base64 === 'string' ? new Uint8Array(Buffer.from(value.base64, 'base64')) : undefined;
}

/** @param accounts that this version serves. Nothing runs before the scheduler does. */
export function startUpgraded(fixture: Fixture, accounts: readonly string[]): UpgradedSystem {
  const startAt = Date.parse(fixture.at) + DEPLOYMENT_MS;
  const { core, ocrolus, start, post } = createPlayedSystem(startAt, defaultStage(accounts));
  const { table, bodies, queues } = core;
  for (const item of fixture.table) {
    const key = { bookId: String(item.bookId), item: String(item.item) };
    table.put(key, marshalAttributes(item));
  }
  for (const { bucket, key, gzip } of fixture.bodies)
    bodies.put(bucket, key, gunzipSync(Buffer.from(gzip, 'base64')));
  start();
  for (const channel of CHANNELS) {
    const restore = (url: string) => (message: RecordedMessage) => {
      const { id, group, sentAt, receiveCount, visibleAt } = message;
      const body = typeof message.body === 'string' ? message.body : JSON.stringify(message.body);
      const received = { firstReceivedAt: sentAt, receivedAt: sentAt };
      queues.of(url).restore({ id, body, group, sentAt, receiveCount, ...received }, visibleAt - startAt);
    };
    fixture.queues[channel]?.forEach(restore(queueUrl(channel)));
    fixture.deadLetters[channel]?.forEach(restore(deadLetterUrl(channel)));
  }
  const open = async (bucket: string, key: string) => Readable.from([bodies.get(bucket, key)]);
  const reader = createReader(readOnlyTable(table), { get: async (...at) => bodies.get(...at), open });
  return { core, ocrolus, reader, post };
}

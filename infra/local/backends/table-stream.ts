import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { REGION } from '../../running-stacks/access.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** A stream with old and new images, as the template describes it. */
export interface StreamSettings {
  readonly table: string;
  readonly streamArn: string;
  /** Key attributes of the table. */
  readonly keys: readonly string[];
}

/** Asks the thread of the tables for a stream. The port first receives `open`, and from then on every record. */
export interface StreamRequest extends StreamSettings {
  readonly port: MessagePort;
}

type Done = (error?: Error | null) => void;

/** The items of a table in dynalite, which locks each key while an action reads and writes it. */
interface ItemStore {
  get(key: string, callback: (error: Error | null, item?: Item) => void): void;
  put(key: string, item: Item, callback: Done): void;
  del(key: string, callback: Done): void;
}

/** The part of dynalite's store that is used. */
export interface TableStore {
  getItemDb(table: string): ItemStore;
}

/**
 * The streams of the tables. They are taken below dynalite's actions, because before and after each write these would
 * cost two more requests. A table has no stream until it is opened; until then, nothing more is read.
 */
export function createTableStreams() {
  type Post = (record: DynamoDBRecord) => void;
  const streams: { readonly settings: StreamSettings; readonly post: Post }[] = [];
  // Higher than those of earlier runs.
  let sequence = BigInt(Date.now()) * 10n ** 8n;
  return {
    /** @param post receives each record before its write is answered, ordered by sequence number. */
    open(settings: StreamSettings, post: Post): void {
      streams.push({ settings, post });
    },
    /** @returns the store, whose changes are records of open streams. */
    watch(store: TableStore): TableStore {
      const getItemDb = (table: string) => {
        const items = store.getItemDb(table);
        const open = streams.filter(({ settings }) => settings.table === table);
        if (open.length === 0) return items;
        return watchItems(items, (before, after) => {
          sequence += 1n;
          for (const { settings, post } of open) post(toRecord(settings, String(sequence), before, after));
        });
      };
      return { ...store, getItemDb };
    },
  };
}

/** Reports each write with the item before and after it. The caller holds the lock of the key, as dynalite's actions do. */
function watchItems<Items extends ItemStore>(
  items: Items,
  onChange: (before: Item | undefined, after: Item | undefined) => void,
): Items {
  function change(key: string, after: Item | undefined, write: (done: Done) => void, done: Done): void {
    items.get(key, (error, before) => {
      if (error !== null && error.name !== 'NotFoundError') return done(error);
      // As it is stored: dynalite builds items without a prototype, which would differ from those it reads.
      const stored: Item | undefined = after === undefined ? undefined : JSON.parse(JSON.stringify(after));
      write((failure) => {
        const isChange = (failure ?? null) === null && !isDeepStrictEqual(before, stored);
        if (isChange) onChange(before, stored);
        done(failure);
      });
    });
  }
  return {
    ...items,
    put: (key: string, item: Item, done: Done) => change(key, item, (end) => items.put(key, item, end), done),
    del: (key: string, done: Done) => change(key, undefined, (end) => items.del(key, end), done),
  };
}

/** Record that Lambda receives for a change (AWS: using Lambda with Amazon DynamoDB). */
function toRecord(
  { streamArn, keys }: StreamSettings,
  SequenceNumber: string,
  before: Item | undefined,
  after: Item | undefined,
): DynamoDBRecord {
  const images = { ...(after && { NewImage: after }), ...(before && { OldImage: before }) };
  const present = Object.entries(after ?? before ?? {});
  const Keys = Object.fromEntries(present.filter(([name]) => keys.includes(name)));
  return {
    eventID: randomUUID().replaceAll('-', ''),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
      Keys,
      ...images,
      SequenceNumber,
      SizeBytes: Buffer.byteLength(JSON.stringify({ Keys, ...images })),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: streamArn,
  };
}

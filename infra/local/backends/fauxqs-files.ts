import { DatabaseSync } from 'node:sqlite';
import type { buildApp } from 'fauxqs';
// `startFauxqs` has an option for a folder, but listens on every interface. So its parts, which the package does not
// export, are put together here in the same way.
import { PersistenceManager } from '../../../node_modules/fauxqs/dist/persistence.js';
import { S3Store } from '../../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../../node_modules/fauxqs/dist/sns/snsStore.js';
import { SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/** Queues and buckets that are written to a folder at each change. */
export interface StoredQueues {
  readonly stores: Stores;
  close(): void;
}

/**
 * Reads the queues and buckets of a folder, which may be empty. Messages that a function of an earlier run had
 * received are visible again at once, because that function has ended.
 *
 * @throws Error if the folder holds something else.
 */
export function openStoredQueues(folder: string): StoredQueues {
  const database = new Database(folder);
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const { sqsStore, snsStore, s3Store } = stores;
  // Loaded before the stores know the database: loading must not write.
  database.load(sqsStore, snsStore, s3Store);
  sqsStore.persistence = database;
  snsStore.persistence = database;
  s3Store.persistence = database;
  for (const queue of sqsStore.allQueues()) {
    queue.persistence = database;
    for (const [handle, { message }] of queue.inflightMessages) {
      database.remember(
        message.messageId,
        message.approximateReceiveCount,
        message.approximateFirstReceiveTimestamp,
      );
      queue.changeVisibility(handle, 0);
    }
  }
  return { stores, close: () => database.close() };
}

/** fauxqs 2.4.1 fails when a message becomes visible early: it writes no receive count, which must not be null. */
class Database extends PersistenceManager {
  readonly #received = new Map<string, { count: number; first: number | undefined }>();

  constructor(folder: string) {
    super(folder);
    const connection: unknown = Reflect.get(this, 'db');
    // A write must survive the end of the process, not of the machine. Waiting for the disk takes a hundred times as
    // long.
    if (connection instanceof DatabaseSync) connection.exec('PRAGMA synchronous = NORMAL');
  }

  remember(messageId: string, count: number, first: number | undefined): void {
    this.#received.set(messageId, { count, first });
  }

  override updateMessageInflight(...change: Parameters<PersistenceManager['updateMessageInflight']>): void {
    const [messageId, , , count, first] = change;
    this.remember(messageId, count, first);
    super.updateMessageInflight(...change);
  }

  override updateMessageReady(messageId: string): void {
    const { count = 0, first } = this.#received.get(messageId) ?? {};
    super.updateMessageInflight(messageId, '', 0, count, first);
  }

  override deleteMessage(messageId: string): void {
    this.#received.delete(messageId);
    super.deleteMessage(messageId);
  }
}

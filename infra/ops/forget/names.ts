import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { identify } from '../../../shared/events/identify.ts';
import { type EventIds, OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import type { Bodies } from '../../../shared/store/bodies/result-bodies.ts';
import { readDocuments } from '../../../shared/store/documents.ts';
import { EVENT_PREFIX, RESULT_PREFIX } from '../../../shared/store/keys.ts';
import { type RemovedData, removeBody, stripEntry } from '../../../shared/store/removal/remove-book-data.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { DeadLetter } from '../dead-letters/dead-letter.ts';
import { type Disposition, examineQueue } from '../dead-letters/examine-queue.ts';
import type { Target } from '../target/target.ts';
import type { BookToForget } from './find-book.ts';

/** All names by which an event can refer to a book, or to a part of it. */
export interface BookNames {
  readonly bookUuid: string | undefined;
  readonly bookPk: string | undefined;
  /** Uuids of documents, and ids of requests and of businesses: each is unique among all of them. */
  readonly uuids: ReadonlySet<string>;
  readonly documentPks: ReadonlySet<string>;
  readonly imageGroupPks: ReadonlySet<string>;
}

/**
 * Reads the names of a book's parts, which are gone once the book is forgotten.
 *
 * @param known names that were read before.
 */
export async function readNames(table: Table, book: BookToForget, known?: BookNames): Promise<BookNames> {
  const uuids = new Set(known?.uuids);
  const documentPks = new Set(known?.documentPks);
  const imageGroupPks = new Set(known?.imageGroupPks);
  for (const bookId of book.partitions) {
    for (const document of (await readDocuments(table, bookId)).byUuid.values()) {
      const { docUuid, otherUuid, docPk, imageGroupPk } = document;
      uuids.add(docUuid);
      if (otherUuid !== undefined) uuids.add(otherUuid);
      if (docPk !== undefined) documentPks.add(docPk);
      if (imageGroupPk !== undefined) imageGroupPks.add(imageGroupPk);
    }
    for await (const { subject } of table.query({ bookId, prefix: RESULT_PREFIX, attributes: ['subject'] })) {
      uuids.add(String(subject));
    }
  }
  const { bookUuid, bookPk } = book;
  return { bookUuid, bookPk, uuids, documentPks, imageGroupPks };
}

/** True if an event is about the book. An event that names a book, by either id, is about that one only. */
function isAbout(names: BookNames, ids: EventIds): boolean {
  const { bookUuid, bookPk } = ids;
  if (bookUuid !== undefined && names.bookUuid !== undefined) return bookUuid === names.bookUuid;
  if (bookUuid !== undefined || bookPk !== undefined) return bookPk !== undefined && bookPk === names.bookPk;
  const has = (known: ReadonlySet<string>, ...found: (string | undefined)[]) =>
    found.some((name) => name !== undefined && known.has(name));
  const { docUuid, uploadedDocUuid, mixedDocUuid, analyticsRequestId, businessUuid } = ids;
  return (
    has(names.uuids, docUuid, uploadedDocUuid, mixedDocUuid, analyticsRequestId, businessUuid) ||
    has(names.documentPks, ids.uploadedDocPk, ids.mixedDocPk) ||
    has(names.imageGroupPks, ids.imageGroupPk)
  );
}

/**
 * Deletes the dead letters of a book, of every channel, with their bodies in the bucket.
 *
 * @param options `removed` is incremented. `isPreview`: the queues are not changed.
 * @returns the number of dead letters.
 * @throws Error if it is interrupted.
 */
export async function removeDeadLetters(
  { sqs, queues, bodies }: Pick<Target, 'sqs' | 'queues' | 'bodies'>,
  names: BookNames,
  options: { readonly removed: RemovedData; readonly isPreview: boolean; readonly signal: AbortSignal },
): Promise<number> {
  const { removed, isPreview, signal } = options;
  let count = 0;
  const removeFrom = (dlqUrl: string) => {
    const visit = async (letter: DeadLetter): Promise<Disposition> => {
      if (!isOf(names, letter)) return 'stays';
      count += 1;
      const payload = letter.envelope?.payload;
      if (payload?.encoding === 's3') await removeBody(bodies, payload, removed);
      if (isPreview) return 'stays';
      await sqs.send(new DeleteMessageCommand({ QueueUrl: dlqUrl, ReceiptHandle: letter.receiptHandle }));
      return 'deleted';
    };
    return examineQueue(sqs, dlqUrl, visit, () => signal.aborted);
  };
  const urls = Object.values(queues).flatMap(({ dlqUrl }) => dlqUrl ?? []);
  const emptied = await Promise.allSettled(urls.map(removeFrom));
  for (const one of emptied) if (one.status === 'rejected') throw one.reason;
  if (signal.aborted) throw new Error('interrupted; run it again for the rest');
  return count;
}

/** An unreadable message is about the book if the uuid is in it as a whole word: an id may be as short as a letter. */
function isOf(names: BookNames, { envelope, body }: DeadLetter): boolean {
  const { bookUuid } = names;
  if (envelope === undefined) {
    return (
      bookUuid !== undefined &&
      body
        .toLowerCase()
        .split(/[^\w-]+/)
        .includes(bookUuid)
    );
  }
  return isAbout(names, envelope.ids);
}

/**
 * Removes stored data of events that named a document, a request or a business of the book, but not the book. They
 * are in the partition `account`, which is read as a whole.
 *
 * @param removed is incremented.
 */
export async function removeEventsWithoutBook(
  table: Table,
  bodies: Bodies,
  names: BookNames,
  removed: RemovedData,
): Promise<void> {
  if (names.uuids.size === 0) return;
  const bookId = OWN_PARTITIONS.account;
  const attributes = ['item', 'payload'];
  for await (const { item, payload } of table.query({ bookId, prefix: EVENT_PREFIX, attributes })) {
    const body = await readPayload(bodies, payload);
    if (body === undefined) continue;
    const identified = identify(body);
    if (identified.kind === 'ping' || !isAbout(names, identified.ids)) continue;
    removed.payloads += 1;
    await removeBody(bodies, payload, removed);
    await stripEntry(table, bookId, String(item));
  }
}

/** @returns `undefined` if there is none, or it can no longer be read. */
async function readPayload(bodies: Bodies, payload: unknown): Promise<Uint8Array | undefined> {
  if (typeof payload === 'string') return Buffer.from(payload);
  if (payload instanceof Uint8Array) return payload;
  if (typeof payload !== 'object' || payload === null || !('key' in payload && 'bucket' in payload))
    return undefined;
  // The body was removed by its lifecycle, or is in another stack's bucket.
  return bodies.get(String(payload.bucket), String(payload.key)).catch(() => undefined);
}

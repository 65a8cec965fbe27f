import type { EventIds } from '../../../shared/events/ids.ts';
import { readDocuments } from '../../../shared/store/documents.ts';
import { RESULT_PREFIX } from '../../../shared/store/keys.ts';
import type { Table } from '../../../shared/store/table.ts';
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
    for (const { docUuid, docPk, imageGroupPk } of (await readDocuments(table, bookId)).byUuid.values()) {
      uuids.add(docUuid);
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
export function isAbout(names: BookNames, ids: EventIds): boolean {
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

import type { Entries } from '../checklist/entry.ts';
import { readEntries, writeEntries } from './entries.ts';
import { DocumentItem } from './items.ts';
import { DOCUMENT_PREFIX, documentItem } from './keys.ts';
import { isUnreadable, parsed, type RecordAt, type RecordType, readRecord, updateRecord } from './records.ts';
import type { Table } from './table.ts';

/** A document with its checklist. */
export type Document = DocumentItem & { readonly entries: Entries };

const DOCUMENT: RecordType<Document> = {
  parse(item) {
    const { entries, others } = readEntries(DocumentItem.parse(item), item.version);
    return { ...others, entries };
  },
  serialize: ({ entries, ...document }) => ({ ...document, ...writeEntries(entries) }),
};

function documentRecord(bookId: string, docUuid: string): RecordAt<Document> {
  return { key: { bookId, item: documentItem(docUuid) }, type: DOCUMENT };
}

/** Number of documents written at the same time. */
export const WRITES_AT_ONCE = 25;

/** @throws Failure `retry`, code `unreadable-item` */
export function readDocument(table: Table, bookId: string, docUuid: string): Promise<Document | undefined> {
  return readRecord(table, documentRecord(bookId, docUuid));
}

/** Stored documents of a book by uuid, and the uuids of those that this version cannot read. */
export interface StoredDocuments {
  readonly byUuid: ReadonlyMap<string, Document>;
  readonly unreadable: readonly string[];
}

/** Reads all documents of a book, up to 2,000, with one query. */
export async function readDocuments(table: Table, bookId: string): Promise<StoredDocuments> {
  const byUuid = new Map<string, Document>();
  const unreadable: string[] = [];
  for await (const item of table.query({ bookId, prefix: DOCUMENT_PREFIX })) {
    try {
      const document = parsed(DOCUMENT, item);
      byUuid.set(document.docUuid, document);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable.push(String(item.item).slice(DOCUMENT_PREFIX.length));
    }
  }
  return { byUuid, unreadable };
}

/** Changes a document; see `updateRecord`. @throws Failure `retry`, code `conflict` or `unreadable-item`. */
export function updateDocument(
  table: Table,
  { bookId, docUuid }: Pick<Document, 'bookId' | 'docUuid'>,
  merge: (document: Document | undefined) => Document | undefined,
  known?: Document | null,
): Promise<Document | undefined> {
  return updateRecord(table, documentRecord(bookId, docUuid), merge, known);
}

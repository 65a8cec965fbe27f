import type { Entries } from '../checklist/entry.ts';
import { isAskedEarly, isStoredAs, versionOf } from '../checklist/observation.ts';
import { openEntry } from '../checklist/opening.ts';
import type { Timing } from '../checklist/times.ts';
import { type Answered, afterAnswer } from '../checklist/transitions.ts';
import type { ResultKind } from '../events/catalog.ts';
import type { ObservedDocument } from '../events/envelope.ts';
import { DELETED, UNLISTED } from '../events/statuses.ts';
import { parseEntries, serializeEntries } from './entries.ts';
import { DocumentItem } from './items.ts';
import { DOCUMENT_PREFIX, documentItem } from './keys.ts';
import { type RecordAt, type RecordType, readRecord, updateRecord } from './records.ts';
import type { Table } from './table.ts';

/** A document with its checklist. */
export type Document = DocumentItem & { readonly entries: Entries };

const DOCUMENT: RecordType<Document> = {
  parse: (item) => ({ ...DocumentItem.parse(item), entries: parseEntries(item) }),
  serialize: ({ entries, ...document }) => ({ ...document, ...serializeEntries(entries) }),
};

function documentRecord(bookId: string, docUuid: string): RecordAt<Document> {
  return { key: { bookId, item: documentItem(docUuid) }, type: DOCUMENT };
}

/** Documents written at a time. */
export const WRITES_AT_ONCE = 25;

/** What Book status said of a document, and when. */
export interface DocumentObservation {
  readonly bookId: string;
  readonly document: ObservedDocument;
  /** When the request started. */
  readonly observedAt: string;
  /** The book's. */
  readonly generation: number;
}

export function readDocument(table: Table, bookId: string, docUuid: string): Promise<Document | undefined> {
  return readRecord(table, documentRecord(bookId, docUuid));
}

/** The stored documents of a book by uuid: one query for up to 2,000 of them. */
export async function readDocuments(table: Table, bookId: string): Promise<Map<string, Document>> {
  const documents = new Map<string, Document>();
  for await (const item of table.query({ bookId, prefix: DOCUMENT_PREFIX })) {
    const document = DOCUMENT.parse(item);
    documents.set(document.docUuid, document);
  }
  return documents;
}

/** Changes a document; see `updateRecord`. @throws Failure `retry`, code `conflict`. */
export function updateDocument(
  table: Table,
  { bookId, docUuid }: Pick<Document, 'bookId' | 'docUuid'>,
  merge: (document: Document | undefined) => Document | undefined,
  known?: Document | null,
): Promise<Document | undefined> {
  return updateRecord(table, documentRecord(bookId, docUuid), merge, known);
}

/**
 * The document after an observation. Only one that is not older changes anything, and `DELETED` is final. A document
 * that is processed again, or has another final status, gets a new version: its entries are void.
 */
export function observeDocument(
  known: Document | undefined,
  { bookId, document, observedAt, generation }: DocumentObservation,
): Document {
  if (known !== undefined && known.observedAt > observedAt) return known;
  if (known?.status === DELETED && document.status !== DELETED) return known;
  if (known !== undefined && isStoredAs(known, document)) return { ...known, observedAt };
  const { docUuid, docPk, name, status, pages, imageGroupPk, mixed } = document;
  const { rejectionReason, rejectionReasonDescription } = document;
  return {
    ...known,
    bookId,
    item: documentItem(docUuid),
    docUuid,
    status,
    rejectionReason,
    rejectionReasonDescription,
    observedAt,
    generation,
    version: versionOf(known, document),
    revision: known?.revision ?? 0,
    entries: known?.entries ?? {},
    ...(docPk !== undefined && { docPk }),
    ...(name !== undefined && { name }),
    ...(pages !== undefined && { pages }),
    ...(imageGroupPk !== undefined && { imageGroupPk }),
    mixed: mixed === true ? true : undefined,
  };
}

/** The document after an observation of its book that does not list it. */
export function unlistDocument(known: Document, observedAt: string): Document {
  if (known.observedAt >= observedAt || known.status === UNLISTED || known.status === DELETED) return known;
  const version = versionOf(known, { status: UNLISTED });
  return { ...known, status: UNLISTED, observedAt, version };
}

/** The document with the entries that an event names open, unless they were asked for after the event. */
export function openKinds(
  document: Document,
  kinds: readonly ResultKind[],
  receivedAt: string,
  now: number,
): Document {
  const { version, status } = document;
  // A document that no longer exists should have nothing; when it is listed again, it has another version.
  if (status === UNLISTED || status === DELETED) return document;
  const entries = { ...document.entries };
  for (const kind of kinds) {
    entries[kind] = openEntry(entries[kind], { version, receivedAt, reopens: true }, now);
  }
  return { ...document, entries };
}

/**
 * The document after an answer for one of its entries. Detect also answers about a document that is still being processed:
 * such signals are requested again.
 *
 * @param of `version`: the document's, as read before asking.
 */
export function withAnswer(
  document: Document,
  of: { readonly kind: ResultKind; readonly version: number },
  answered: Answered,
  timing: Timing,
): Document {
  const isEarly = of.kind === 'signals' && isAskedEarly(document, answered.askedAt);
  const entry = afterAnswer(document.entries[of.kind], of.version, { ...answered, isEarly }, timing);
  return { ...document, entries: { ...document.entries, [of.kind]: entry } };
}

/** The state of Detect on the document; an older statement never replaces a newer one. */
export function withDetect(
  document: Document,
  detect: { readonly state: string; readonly reason?: string | undefined; readonly at: string },
): Document {
  const { state, reason, at } = detect;
  if (document.detect !== undefined && document.detect.at > at) return document;
  return { ...document, detect: { state, at, ...(reason !== undefined && { reason }) } };
}

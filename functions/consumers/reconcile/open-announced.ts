import { entryName, isOpen, type Want } from '../../../shared/checklist/entry.ts';
import { policyFor } from '../../../shared/checklist/kinds.ts';
import { iso } from '../../../shared/checklist/times.ts';
import { openEntry } from '../../../shared/checklist/transitions.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { DELETED, UNLISTED } from '../../../shared/events/statuses.ts';
import { inGroups } from '../../../shared/in-groups.ts';
import { type Book, dueBy, newBook, updateBook } from '../../../shared/store/books.ts';
import { type Document, updateDocument, WRITES_AT_ONCE } from '../../../shared/store/documents.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { AnnouncedEvent } from './event.ts';

/**
 * Writes down what an event announces before anything is asked: for a message that was received before, and so may
 * never be processed to its end (design section 5.3). First the document, then the book, so that a crash in between
 * leaves the message to do it again.
 *
 * @returns the book as it is now.
 */
export async function openAnnounced(
  context: DeliveryContext,
  event: AnnouncedEvent,
  known: Book | undefined,
): Promise<Book | undefined> {
  const { dependencies, envelope, ids, bookId } = context;
  const { table } = dependencies.ports;
  const announced = await openDocuments(context, event, known);
  const { deliveryId } = envelope;
  return updateBook(
    table,
    bookId,
    (current) => {
      const book = current ?? newBook(bookId, ids, context.writer);
      const until = iso(context.now + dependencies.times.hold);
      const held = { ...book, settled: undefined, hold: { until, by: deliveryId } };
      const opened = openEntries(context, event, announced, held);
      return dueBy(opened, context.now + dependencies.times.hold);
    },
    known ?? null,
  );
}

/** What an event opens. */
export interface Announced {
  /** Entries of the book. */
  readonly wants: readonly Want[];
  /** Kinds of which documents have open entries now. */
  readonly documentKinds: readonly ResultKind[];
}

/** The book with the entries that an event names, open unless they were asked for after it, and so not complete. */
export function openEntries(
  { dependencies, envelope, now }: DeliveryContext,
  { reopens }: Pick<AnnouncedEvent, 'reopens'>,
  { wants, documentKinds }: Announced,
  book: Book,
): Book {
  const { receivedAt } = envelope;
  const entries = { ...book.entries };
  const open = new Set([...(book.open ?? []), ...documentKinds]);
  for (const want of wants) {
    if (policyFor(dependencies.policy, book.bookClass, want.kind) === 'never') continue;
    const name = entryName(want, book.bookId);
    const entry = openEntry(entries[name], { version: book.generation, receivedAt, reopens }, now);
    entries[name] = entry;
    if (isOpen(entry)) open.add(want.kind);
  }
  const opened = { ...book, entries };
  if (open.size === 0 || book.complete === undefined) return opened;
  return { ...opened, open: [...open].sort(), complete: false, completeAt: undefined };
}

/**
 * Opens what an event names of documents.
 *
 * @returns what is to be opened of the book: besides what the event names of it, the signals of all documents where the
 * named one is not stored. Forms and transactions of such a document are wanted anyway, once Book status lists it.
 */
export async function openDocuments(
  context: DeliveryContext,
  event: AnnouncedEvent,
  book: Book | undefined,
): Promise<Announced> {
  const { documentKinds, documents, reopens, wants } = event;
  const { dependencies, bookId } = context;
  if (!reopens || documentKinds.length === 0 || context.isPoll) return { wants, documentKinds: [] };
  const opened = new Set<ResultKind>();
  const announced = book === undefined ? [] : await announcedDocuments(context, event, book);
  await inGroups(announced, WRITES_AT_ONCE, async (known) => {
    const stored = await updateDocument(
      dependencies.ports.table,
      known.bookId,
      known.docUuid,
      (document) => document && openKinds(context, document, documentKinds),
      known,
    );
    for (const kind of documentKinds) if (isOpen(stored?.entries[kind])) opened.add(kind);
  });
  const isUnknown = documents === 'named' && announced.length === 0;
  const signals: Want[] =
    isUnknown && documentKinds.includes('signals') ? [{ kind: 'signals', subject: bookId }] : [];
  return { wants: [...wants, ...signals], documentKinds: [...opened] };
}

function openKinds(
  { envelope, now }: DeliveryContext,
  document: Document,
  kinds: readonly ResultKind[],
): Document {
  const { version, status } = document;
  // What is gone wants nothing; listed again, it has another version.
  if (status === UNLISTED || status === DELETED) return document;
  const entries = { ...document.entries };
  for (const kind of kinds) {
    // Forms and transactions without an entry are wanted anyway.
    if (entries[kind]?.version !== version && kind !== 'signals') continue;
    const event = { version, receivedAt: envelope.receivedAt, reopens: true };
    entries[kind] = openEntry(entries[kind], event, now);
  }
  return { ...document, entries };
}

/** The stored documents that an event is about. */
async function announcedDocuments(
  context: DeliveryContext,
  { documents }: AnnouncedEvent,
  { bookId }: Book,
): Promise<Document[]> {
  const { uploadedDocUuid, docUuid, uploadedDocPk, imageGroupPk } = context.ids;
  if (documents === 'named') {
    const uuid = uploadedDocUuid ?? docUuid;
    if (uuid !== undefined) {
      const known = await context.document(bookId, uuid);
      return known === undefined ? [] : [known];
    }
    const all = [...(await context.documents(bookId)).values()];
    return all.filter(({ docPk }) => docPk !== undefined && docPk === uploadedDocPk);
  }
  if (documents !== 'image-group') return [];
  return [...(await context.documents(bookId)).values()].filter((document) =>
    imageGroupPk === undefined ? document.imageGroupPk !== undefined : document.imageGroupPk === imageGroupPk,
  );
}

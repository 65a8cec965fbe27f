import { entryName, isOpen } from '../../../shared/checklist/entry.ts';
import { policyFor } from '../../../shared/checklist/kinds.ts';
import { openEntry, rememberedEntry } from '../../../shared/checklist/opening.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { documentRefs, isNamedBy } from '../../../shared/events/document-ref.ts';
import type { Want } from '../../../shared/events/envelope.ts';
import { isPkOnly } from '../../../shared/events/ids.ts';
import { inGroups } from '../../../shared/in-groups.ts';
import { type Book, dueBy, newBook, updateBook } from '../../../shared/store/books.ts';
import { type Document, openKinds, updateDocument, WRITES_AT_ONCE } from '../../../shared/store/documents.ts';
import { iso } from '../../../shared/time.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { AnnouncedEvent } from './event.ts';

/**
 * Records what an event announces before anything is requested: for a message that was received before, and so may
 * never be processed completely (docs/design.md#crashes). First the document, then the book: after a crash in between,
 * the next receive does both again.
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
  /** Results of documents that are not stored: the book remembers them until they are. */
  readonly remembered: readonly Want[];
}

/** The book with the entries that an event names open, unless they were asked for after it. Then it is not complete. */
export function openEntries(
  { dependencies, envelope, now }: DeliveryContext,
  { reopens }: Pick<AnnouncedEvent, 'reopens'>,
  { wants, documentKinds, remembered }: Announced,
  book: Book,
): Book {
  const { receivedAt } = envelope;
  const entries = { ...book.entries };
  for (const want of remembered) {
    if (policyFor(dependencies.policy, book.bookClass, want.kind) !== 'announced') continue;
    entries[entryName(want, book.bookId)] ??= rememberedEntry(book.generation, receivedAt, now);
  }
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
 * @returns the entries to open in the book: those that the event names, and those of documents that are not stored.
 */
export async function openDocuments(
  context: DeliveryContext,
  event: AnnouncedEvent,
  book: Book | undefined,
): Promise<Announced> {
  const { documentKinds, reopens, wants } = event;
  if (!reopens || documentKinds.length === 0 || context.isPoll)
    return { wants, documentKinds: [], remembered: [] };
  const opened = new Set<ResultKind>();
  const announced = book === undefined ? [] : await announcedDocuments(context, event, book);
  await inGroups(announced, WRITES_AT_ONCE, async (known) => {
    const stored = await updateDocument(
      context.dependencies.ports.table,
      known,
      (document) => document && openKinds(document, documentKinds, context.envelope.receivedAt, context.now),
      known,
    );
    for (const kind of documentKinds) if (isOpen(stored?.entries[kind])) opened.add(kind);
  });
  const unknown = announced.length > 0 ? NOTHING : ofUnknown(event, context, book);
  return {
    wants: [...wants, ...unknown.wants],
    documentKinds: [...opened],
    remembered: unknown.remembered,
  };
}

/** Entries for unknown documents in the book of a pk. Beyond that, the results of all documents are asked for. */
const MAX_UNKNOWN_ENTRIES = 100;

const NOTHING: Pick<Announced, 'wants' | 'remembered'> = { wants: [], remembered: [] };

/**
 * The entries for an event whose document is not stored: the signals of all documents. Forms and transactions of such a
 * document are remembered until Book status lists it. While only the pk of the book is known, and so none of its documents,
 * they are entries of its book: `relocate` opens the documents under the uuid.
 */
function ofUnknown(
  { documents, documentKinds }: AnnouncedEvent,
  { bookId, ids }: DeliveryContext,
  book: Book | undefined,
): Pick<Announced, 'wants' | 'remembered'> {
  if (documents !== 'named' && documents !== 'image-group') return NOTHING;
  const signals = documents === 'named' ? documentKinds.filter((kind) => kind === 'signals') : [];
  const captured = documentKinds.filter((kind) => kind !== 'signals');
  const hasMany = Object.keys(book?.entries ?? {}).length >= MAX_UNKNOWN_ENTRIES;
  const refs = hasMany ? [] : documentRefs(documents, ids);
  const ofBook = signals.map((kind) => ({ kind, subject: bookId }));
  const ofDocuments = (subjects: readonly string[]) =>
    captured.flatMap((kind) => subjects.map((subject) => ({ kind, subject })));
  if (!isPkOnly(bookId)) return { wants: ofBook, remembered: ofDocuments(refs) };
  return { wants: [...ofBook, ...ofDocuments(refs.length > 0 ? refs : [bookId])], remembered: [] };
}

/** The stored documents that an event is about. */
async function announcedDocuments(
  context: DeliveryContext,
  { documents }: AnnouncedEvent,
  { bookId }: Book,
): Promise<Document[]> {
  if (documents !== 'named' && documents !== 'image-group') return [];
  const { ids } = context;
  if (documents === 'named') {
    for (const docUuid of [ids.uploadedDocUuid, ids.docUuid]) {
      const known = docUuid === undefined ? undefined : await context.document(bookId, docUuid);
      if (known !== undefined) return [known];
    }
    if (ids.uploadedDocPk === undefined) return [];
  }
  const refs = documentRefs(documents, ids);
  const all = [...(await context.documents(bookId)).values()];
  return all.filter((document) => refs.some((ref) => isNamedBy(document, ref)));
}

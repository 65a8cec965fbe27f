import { NO_ENTRY } from '../../checklist/entry.ts';
import { CAPTURE_KINDS } from '../../checklist/kinds.ts';
import { digestOf, goneFrom, isCaptured } from '../../checklist/observation.ts';
import type { BookObservation, ObservedDocument } from '../../events/observation.ts';
import type { ResultKind } from '../../events/result-kinds.ts';
import { inGroups } from '../../rate-limit/slots.ts';
import { type Document, updateDocument, WRITES_AT_ONCE } from '../../store/documents.ts';
import type { Announcement } from '../announcement.ts';
import type { Context } from '../context.ts';
import { lineName, markCorrection, markDocument, marksOfDocuments } from '../mark.ts';
import { countOf, FEW_DOCUMENTS, type Read } from '../read.ts';
import { mayBeCorrection } from '../unready.ts';
import { isStoredAs, observeDocument, unlistDocument } from './apply.ts';

interface Marked {
  /** Marked results: `kind subject`. */
  readonly marked: ReadonlySet<string>;
}

/** Writes the documents of an observation, with the marks of the events that name them. */
export async function writeDocuments(
  context: Context,
  announcements: readonly Announcement[],
  seen: Read & Marked,
  observation: BookObservation,
): Promise<Pick<Read, 'documents'> & Marked & { readonly changed: ReadonlySet<string> }> {
  const { table, bookId, timing } = context;
  const { observedAt } = observation;
  const generation = seen.book?.generation ?? 1;
  const documents = new Map(seen.documents);
  const marked = new Set(seen.marked);
  const marks = marksOfDocuments(announcements, observation.documents);
  const differs = (document: ObservedDocument) => !isStoredAs(documents.get(document.docUuid), document);
  const gone = seen.isWhole ? goneFrom(observation, documents.values()) : [];
  const corrected = correctedKinds(context, announcements, seen, observation);
  const isUnmarked = (docUuid: string) =>
    [...(marks.get(docUuid)?.kinds ?? [])].some((kind) => !marked.has(lineName({ kind, subject: docUuid })));
  const toWrite = observation.documents.filter((document) => {
    const isNamed = marks.has(document.docUuid);
    if (seen.unreadable.has(document.docUuid)) return false;
    if (corrected.length > 0 && isCaptured(document)) return true;
    return isNamed ? isUnmarked(document.docUuid) || differs(document) : seen.isWhole && differs(document);
  });
  const changed = new Set<string>();
  // Called again after a conflict, in which another writer may have stored the same state.
  const note = (docUuid: string, isChanged: boolean) =>
    isChanged ? changed.add(docUuid) : changed.delete(docUuid);
  await inGroups(toWrite, WRITES_AT_ONCE, async (document) => {
    const { docUuid } = document;
    const own = isUnmarked(docUuid) ? marks.get(docUuid) : undefined;
    const written = await updateDocument(
      table,
      { bookId, docUuid },
      (current) => {
        const next = observeDocument(current, { bookId, document, observedAt, generation }, timing);
        note(docUuid, next !== current);
        if (corrected.length > 0 && own === undefined) return markCorrection(next, corrected, context);
        return markDocument(next, own, timing.now);
      },
      documents.get(docUuid) ?? null,
    );
    if (written !== undefined) documents.set(docUuid, written);
    for (const kind of own?.kinds ?? corrected) {
      const { wanted, tried } = written?.entries[kind] ?? NO_ENTRY;
      if (tried !== wanted) marked.add(lineName({ kind, subject: docUuid }));
    }
  });
  await inGroups(gone, WRITES_AT_ONCE, async (known) => {
    const written = await updateDocument(
      table,
      known,
      (current) => {
        const next = current && unlistDocument(current, observedAt, timing);
        note(known.docUuid, next !== current);
        return next;
      },
      known,
    );
    if (written !== undefined) documents.set(written.docUuid, written);
  });
  return { documents, marked, changed };
}

/** Marks documents that may have been corrected in place, even without Book status: no look would notice it. */
export async function writeCorrected(
  context: Context,
  announcements: readonly Announcement[],
  seen: Read,
): Promise<ReadonlyMap<string, Document>> {
  const kinds = correctedKinds(context, announcements, seen, undefined);
  const documents = new Map(seen.documents);
  await inGroups(kinds.length === 0 ? [] : [...documents.values()], WRITES_AT_ONCE, async (known) => {
    const merge = (document: Document | undefined) => document && markCorrection(document, kinds, context);
    const written = await updateDocument(context.table, known, merge, known);
    if (written !== undefined) documents.set(written.docUuid, written);
  });
  return documents;
}

/**
 * Kinds of results of documents that may have been corrected in place: a while after the end of capture, Ocrolus
 * repeats that the book is verified, and Book status shows no other change. In a book of many documents, only the
 * events of the documents themselves show corrections.
 */
function correctedKinds(
  { timing }: Context,
  announcements: readonly Announcement[],
  { book, isWhole }: Read,
  observation: BookObservation | undefined,
): readonly ResultKind[] {
  if (!isWhole || book === undefined || !mayBeCorrection(book, timing)) return [];
  if (!announcements.some(({ endsCapture }) => endsCapture)) return [];
  if ((observation?.documents.length ?? countOf(book)) > FEW_DOCUMENTS) return [];
  // An answer that cannot be read completely shows nothing.
  const isShown = observation !== undefined && observation.isPartial !== true;
  if (isShown && book.digest !== digestOf(observation)) return [];
  return CAPTURE_KINDS;
}

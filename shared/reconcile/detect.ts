import { isCaptured, matchesDigest } from '../checklist/observation.ts';
import { DELETED } from '../events/statuses.ts';
import { inGroups } from '../in-groups.ts';
import type { Book } from '../store/books.ts';
import { type Document, readDocuments, updateDocument, WRITES_AT_ONCE } from '../store/documents.ts';
import type { Context } from './context.ts';
import type { Fetched } from './results/fetch.ts';

/** The code of an answer that lacks a document which Detect may still list. */
export const ABSENT = 'detect-absent';

/**
 * Writes what the signals of a book say about its documents. They are not all there while Detect lists a document that is not stored,
 * or lacks one with results: for two days after the end of capture. What Detect lacks then is probed for.
 *
 * @param isObserved whether all documents of Book status were just stored: others are no documents of the book.
 */
export async function applyBookSignals(
  context: Context,
  book: Book,
  fetched: Fetched,
  isObserved: boolean,
): Promise<Fetched> {
  const { documents: states, pending = [] } = fetched;
  if (states === undefined) return fetched;
  const { table, bookId, now, dependencies } = context;
  const { byUuid } = await readDocuments(table, bookId);
  await inGroups(states, WRITES_AT_ONCE, async ({ docUuid, state }) => {
    const known = byUuid.get(docUuid);
    if (known === undefined || known.detect?.state === state) return;
    await updateDocument(
      table,
      known,
      (document) => document && withDetect(document, { state, at: fetched.at }),
      known,
    );
  });
  if (fetched.class !== 'stored') return fetched;
  const isUnstored = states.some(({ docUuid, state }) => !byUuid.has(docUuid) && state !== DELETED);
  const listed = new Set([...states.map(({ docUuid }) => docUuid), ...pending]);
  const isLacking = [...byUuid.values()].some(
    (document) => isCaptured(document) && !listed.has(document.docUuid),
  );
  const isAll = matchesDigest(book, byUuid.values()) && (isObserved || !isUnstored);
  if (!isLacking && isAll) return fetched;
  const isLate = book.endedAt !== undefined && now - Date.parse(book.endedAt) >= dependencies.times.detect;
  if (isLate) return { ...fetched, isPartial: true };
  const { wanted, at, written } = fetched;
  return { class: 'not-yet', code: ABSENT, wanted, at, written };
}

/** The state of Detect on the document. An older answer replaces no newer one, but what an event says: only that has a reason. */
export function withDetect(
  document: Document,
  detect: { readonly state: string; readonly at: string },
): Document {
  const { state, at } = detect;
  const known = document.detect;
  if (known !== undefined && known.reason === undefined && known.at > at) return document;
  const reason = known?.state === state ? known.reason : undefined;
  return { ...document, detect: { state, at, ...(reason !== undefined && { reason }) } };
}

/** Detect could not process the document, as an event says. */
const UNABLE = 'UNABLE_TO_PROCESS';

/** The document with what an event says of Detect. Any answer replaces it: the event was received by another clock. */
export function withDetectFailure(document: Document, reason: string): Document {
  const at = document.detect?.at ?? document.observedAt;
  return { ...document, detect: { state: UNABLE, at, reason } };
}

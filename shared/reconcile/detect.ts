import { isCaptured, isDone, matchesDigest } from '../checklist/observation.ts';
import { DELETED, DETECT_ABSENT } from '../events/statuses.ts';
import { inGroups } from '../rate-limit/slots.ts';
import type { Book } from '../store/books.ts';
import { type Document, readDocuments, updateDocument, WRITES_AT_ONCE } from '../store/documents.ts';
import type { Context } from './context.ts';
import type { Fetched } from './results/fetch.ts';

/**
 * Writes the states of documents from the signals of a book. For two days after the end of capture, the signals are
 * incomplete while Detect lists a document that is not stored, or lacks one with results. After that, the missing
 * ones are probed for, and so are those that Detect has not looked at although their work has ended without results.
 *
 * @param isObserved true if all documents of Book status were just stored: any others do not belong to the book.
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
  const isLate = book.endedAt !== undefined && now - Date.parse(book.endedAt) >= dependencies.times.detect;
  // Detect may never look at a document that ends without capture.
  const isEnded = (docUuid: string) => {
    const document = byUuid.get(docUuid);
    return document !== undefined && isDone(document, book.bookClass) && !isCaptured(document);
  };
  const isOnlyOfEnded = pending.length > 0 && isLate && pending.every(isEnded);
  if (fetched.class !== 'stored' && !isOnlyOfEnded) return fetched;
  const isUnstored = states.some(({ docUuid, state }) => !byUuid.has(docUuid) && state !== DELETED);
  const listed = new Set([...states.map(({ docUuid }) => docUuid), ...pending]);
  const isLacking = [...byUuid.values()].some(
    (document) => isCaptured(document) && !listed.has(document.docUuid),
  );
  const isAll = matchesDigest(book, byUuid.values()) && (isObserved || !isUnstored);
  const { wanted, at, written } = fetched;
  if (fetched.class === 'stored' && !isLacking && isAll) return fetched;
  if (isLate) return { class: 'stored', wanted, at, written, documents: states, isPartial: true };
  return { class: 'not-yet', code: DETECT_ABSENT, wanted, at, written };
}

/** Applies a state of Detect, unless it is older. A state with a reason is from an event, and any answer replaces it. */
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

/** State of a document that Detect could not process, according to an event. */
const UNABLE = 'UNABLE_TO_PROCESS';

/** Applies a failure from an event. Any answer replaces it, since the event was received by another clock. */
export function withDetectFailure(document: Document, reason: string): Document {
  const at = document.detect?.at ?? document.observedAt;
  return { ...document, detect: { state: UNABLE, at, reason } };
}

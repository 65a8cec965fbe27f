import { isCaptured, isCaptureEnded } from '../checklist/observation.ts';
import type { Timing } from '../checklist/times.ts';
import type { BookObservation, ObservedDocument } from '../events/observation.ts';
import { DELETED, isEnded, NOT_FOUND } from '../events/statuses.ts';
import type { Book } from '../store/books.ts';
import { iso } from '../time.ts';
import { type Announcement, documentsNamed, findDocument } from './announcement.ts';
import type { Context } from './context.ts';
import type { Read } from './read.ts';

/** True if the stored data do not show what the event says, or lack its document, so that Book status must be asked. */
export function needsStatus(
  announcement: Announcement,
  { book, documents }: Read,
  { timing }: Context,
): boolean {
  if (book?.observedAt === undefined || book.status === NOT_FOUND) return true;
  const { documents: which, documentKinds, endsCapture, isAboutStates, ids } = announcement;
  const named = which === 'named' ? findDocument([...documents.values()], ids) : undefined;
  if (which === 'named' && named === undefined) return true;
  if (!isAboutStates) return false;
  if (endsCapture) return book.endedAt === undefined || mayBeCorrection(book, timing);
  return documentKinds.length === 0 || named === undefined || !isCaptured(named);
}

/**
 * True if an event that reports the end of capture may be about a correction. Copies of the first such event arrive
 * within 15 minutes. If a look has seen the end, this may be the first event itself, during the grace time; after
 * that, the look may have fetched results from before the correction.
 */
export function mayBeCorrection(
  { endedAt, source }: Pick<Book, 'endedAt' | 'source'>,
  { now, times }: Timing,
): boolean {
  const copiesEndAfter = source === 'poll' ? Math.min(times.grace, times.repetition) : times.repetition;
  return endedAt !== undefined && now - Date.parse(endedAt) > copiesEndAfter;
}

/**
 * Reason, by delivery, why Book status does not show yet what it announces.
 *
 * @param known documents as they were stored before.
 */
export function unreadyOf(
  announcements: readonly Announcement[],
  observation: BookObservation,
  known: Read['documents'],
  timing: Timing,
): Map<string, string> {
  const unready = new Map<string, string>();
  for (const announcement of announcements) {
    const reason = unreadiness(announcement, observation, known, timing);
    if (reason !== undefined) unready.set(announcement.deliveryId, reason);
  }
  return unready;
}

function unreadiness(
  announcement: Announcement,
  observation: BookObservation,
  known: Read['documents'],
  { now, times }: Timing,
): string | undefined {
  const { documents, documentKinds, endsCapture } = announcement;
  if (endsCapture) {
    const isOver = isCaptureEnded(observation) || observation.status === DELETED;
    return isOver ? undefined : 'book-not-verified';
  }
  if (documentKinds.length === 0 || documents === 'book' || documents === 'none') return undefined;
  const named = documentsNamed(announcement, observation.documents);
  const what = documents === 'named' ? 'document' : 'image-group';
  if (named.length === 0) return `${what}-not-listed`;
  if (documentKinds.includes('signals')) return undefined;
  // The document was rejected long ago, and the event is new: capture was started again, and Book status does not
  // show it yet.
  const isAsBefore = (document: ObservedDocument) => {
    const { status, observedAt = '' } = known.get(document.docUuid) ?? {};
    const isRejected = document.mixed !== true && !isCaptured(document);
    return isRejected && status === document.status && observedAt < iso(now - times.repetition);
  };
  return named.every((document) => isEnded(document.status) && !isAsBefore(document))
    ? undefined
    : `${what}-not-verified`;
}

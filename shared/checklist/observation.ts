import { hash } from 'node:crypto';
import type { BookObservation, ObservedDocument } from '../events/observation.ts';
import { BOOK_VERIFIED, DELETED, hasResults, isClassifying, isEnded, UNLISTED } from '../events/statuses.ts';

/**
 * Hash of everything that decides which results a book should have: its class and status, its listed documents and
 * their statuses and classes, and the parameters of the stage.
 */
export function digestOf({
  status,
  bookClass = '',
  documents,
  parameters,
  isPartial,
}: Omit<BookObservation, 'observedAt' | 'bookUuid'>): string {
  // Book status may or may not list a deleted document.
  const lines = documents
    .filter(isListed)
    .map(({ docUuid, status, mixed, documentClass = '' }) =>
      [docUuid, status, mixed === true ? 'mixed' : '', documentClass].filter((part) => part !== '').join(' '),
    )
    .sort();
  if (isPartial === true) lines.push('partial');
  if (parameters !== undefined) lines.push(`parameters ${parameters}`);
  return hash('sha256', [bookClass, status, ...lines].join('\n'), 'base64url').slice(0, 16);
}

/** True if the stored documents are those of the last observation: a delivery stores only some of a large book. */
export function matchesDigest(
  { digest, status = '', bookClass, parameters }: ObservedBook,
  stored: Iterable<ObservedDocument>,
): boolean {
  return (
    digest === undefined || digest === digestOf({ status, bookClass, parameters, documents: [...stored] })
  );
}

/** Stored attributes of the last observation. */
interface ObservedBook {
  readonly digest?: string | undefined;
  readonly status?: string | undefined;
  readonly bookClass?: string | undefined;
  readonly parameters?: string | undefined;
}

/**
 * True if capture has ended: the book is verified. If Ocrolus captures only some of its documents, each document
 * decides, because such a book may never be verified, or before one of them was upgraded (docs/ocrolus.md#book-classes).
 */
export function isCaptureEnded({ status, bookClass, documents, isPartial }: BookObservation): boolean {
  if (status === DELETED) return false;
  const isByDocument = isClassifying(bookClass) && documents.length > 0 && isPartial !== true;
  return isByDocument ? documents.every((document) => isDone(document, bookClass)) : status === BOOK_VERIFIED;
}

type Processed = Pick<ObservedDocument, 'status' | 'documentClass'>;

/**
 * True if Ocrolus has finished its work on the document. One that is classified only is finished then; if Ocrolus
 * captures it after all, its status changes, and the book is open again.
 */
export function isDone({ status, documentClass }: Processed, bookClass: string | undefined): boolean {
  return isEnded(status) || (status === 'CLASSIFIED' && isClassifying(documentClass ?? bookClass));
}

/** True if the document has forms and transactions: a PDF that was split has none. */
export function isCaptured({ status, mixed }: Pick<ObservedDocument, 'status' | 'mixed'>): boolean {
  return hasResults(status) && mixed !== true;
}

/** True if the document is part of its book. */
export function isListed({ status }: Pick<ObservedDocument, 'status'>): boolean {
  return status !== UNLISTED && status !== DELETED;
}

/** Stored documents that an observation no longer lists; none if part of the observation could not be read. */
export function goneFrom<T extends ObservedDocument>(
  { documents, isPartial }: BookObservation,
  stored: Iterable<T>,
): T[] {
  if (isPartial === true) return [];
  const listed = new Set(documents.map(({ docUuid }) => docUuid));
  return [...stored].filter((document) => isListed(document) && !listed.has(document.docUuid));
}

type Compared = Pick<ObservedDocument, 'status' | 'mixed' | 'documentClass' | 'parameters'>;

/** True if the document's state has changed, so that its results may be new. */
export function isInOtherState(known: Compared, observed: Compared): boolean {
  const names = ['status', 'documentClass', 'parameters'] as const;
  return (
    names.some((name) => known[name] !== observed[name]) ||
    (known.mixed ?? false) !== (observed.mixed ?? false)
  );
}

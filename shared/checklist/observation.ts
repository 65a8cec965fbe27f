import { hash } from 'node:crypto';
import type { BookObservation, ObservedDocument } from '../events/envelope.ts';
import { BOOK_VERIFIED, DELETED, DELETING, hasResults, isEnded, UNLISTED } from '../events/statuses.ts';
import { CLASSIFY_ONLY } from './kinds.ts';

/**
 * A hash of everything that decides what a book should have: its class and status, its documents and their statuses.
 */
export function digestOf({ status, bookClass = '', documents, isPartial }: BookObservation): string {
  const lines = documents
    .map((document) => `${document.docUuid} ${document.status}${document.mixed === true ? ' mixed' : ''}`)
    .sort();
  if (isPartial === true) lines.push('partial');
  return hash('sha256', [bookClass, status, ...lines].join('\n'), 'base64url').slice(0, 16);
}

/**
 * Whether capture has ended: the book is verified, or, where Ocrolus only classifies, every document is classified
 * (docs/ocrolus.md#book-classes; such a book may never be verified).
 */
export function isCaptureEnded({ status, bookClass, documents, isPartial }: BookObservation): boolean {
  if (status === DELETED) return false;
  if (status === BOOK_VERIFIED) return true;
  if (bookClass !== CLASSIFY_ONLY || documents.length === 0 || isPartial === true) return false;
  return documents.every((document) => isDone(document, bookClass));
}

/** Ocrolus's work on the document is over: where it only classifies, that is classified. */
export function isDone({ status }: Pick<ObservedDocument, 'status'>, bookClass: string | undefined): boolean {
  return isEnded(status) || (bookClass === CLASSIFY_ONLY && status === 'CLASSIFIED');
}

/** It has forms and transactions: a PDF that was split has none. */
export function isCapturable({ status, mixed }: Pick<ObservedDocument, 'status' | 'mixed'>): boolean {
  return hasResults(status) && mixed !== true;
}

/**
 * Detect may have analyzed it. A rejected document counts too: its signals may have been answered before it was
 * stored, and nothing else would ask for them again.
 */
export function isAnalyzable({ status }: Pick<ObservedDocument, 'status'>): boolean {
  return isEnded(status) && status !== DELETED && status !== DELETING && status !== UNLISTED;
}

/**
 * Whether an answer about a document may be from before its last change of status: as far as is known now, the document
 * was still being processed when the answer was asked for.
 */
export function isAskedEarly(
  document: Pick<ObservedDocument, 'status'> & { readonly observedAt: string },
  askedAt: string,
): boolean {
  return !isAnalyzable(document) || document.observedAt > askedAt;
}

/** Which stored documents no longer exist according to an observation: none, if part of it could not be read. */
export function goneFrom({
  documents,
  isPartial,
}: BookObservation): (docUuid: string, status: string) => boolean {
  const listed = new Set(documents.map(({ docUuid }) => docUuid));
  return (docUuid, status) =>
    isPartial !== true && !listed.has(docUuid) && status !== UNLISTED && status !== DELETED;
}

/** A finished document whose status changes has to be captured again. */
export function startsNewVersion(before: string, after: string): boolean {
  return isEnded(before) && before !== after;
}

/** The version of a document after its observation is stored. */
export function versionOf(
  known: { readonly status: string; readonly version: number } | undefined,
  observed: Pick<ObservedDocument, 'status'>,
): number {
  if (known === undefined) return 1;
  return startsNewVersion(known.status, observed.status) ? known.version + 1 : known.version;
}

/** The stored document equals the observed one: no write is needed. */
export function isStoredAs(
  known:
    | {
        readonly status: string;
        readonly rejectionReason?: string | undefined;
        readonly mixed?: boolean | undefined;
      }
    | undefined,
  observed: ObservedDocument,
): boolean {
  return (
    known?.status === observed.status &&
    known.rejectionReason === observed.rejectionReason &&
    known.mixed === observed.mixed
  );
}

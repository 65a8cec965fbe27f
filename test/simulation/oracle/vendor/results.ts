import type { Kind } from '../../ocrolus/profile.ts';
import type { BookTruth, DocumentTruth } from '../../ocrolus/truth/truth-types.ts';

/*
 * Which results there are for which statuses and classes, written from docs/ocrolus.md#document-statuses, #book-statuses,
 * #book-classes and #result-calls.
 */

/** Read from one document. */
export const DOCUMENT_KINDS = ['forms', 'transactions'] as const satisfies readonly Kind[];

/** Of which a book has one. */
export const BOOK_KINDS = [
  'paystubs',
  'summary',
  'cash-flow',
  'enriched-transactions',
  'risk-score',
  'signals',
  'suspicious-activity',
  'income',
  'bank-statement-income',
  'classification',
  'analytics',
] as const satisfies readonly Kind[];

/** Computed from what was read from the documents: not the same any more when that was corrected. */
export const DERIVED_KINDS = [
  'paystubs',
  'summary',
  'cash-flow',
  'enriched-transactions',
  'income',
] as const satisfies readonly Kind[];

export function isDocumentKind(kind: Kind): boolean {
  return kind === 'forms' || kind === 'transactions';
}

const CAPTURED = new Set(['VERIFICATION_COMPLETE', 'COMPLETED']);
const FINISHED = new Set([...CAPTURED, 'REJECTED', 'FAILED', 'DELETING', 'DELETED']);

/** A status with forms and transactions. */
export function hasResults(status: unknown): boolean {
  return CAPTURED.has(String(status));
}

/** It has forms and transactions: the PDF from which documents were split has none. */
export function isCaptured({ status, listed, isMixed }: DocumentTruth): boolean {
  return listed && !isMixed && hasResults(status);
}

/** Detect may have looked at it: its work is over, with results or without. */
export function isDone({ status, listed }: DocumentTruth): boolean {
  return listed && (hasResults(status) || status === 'REJECTED');
}

export const CLASSIFY_ONLY = 'INSTANT_CLASSIFY_ONLY';

/** Capture has ended: the book is verified, or, where Ocrolus only classifies, every document is classified. */
export function isEnded({ status, bookClass, documents }: BookTruth): boolean {
  if (status === 'VERIFIED') return true;
  if (bookClass !== CLASSIFY_ONLY) return false;
  const listed = documents.filter((document) => document.listed);
  return listed.length > 0 && listed.every(({ status: own }) => own === 'CLASSIFIED' || FINISHED.has(own));
}

import type { Kind } from '../../ocrolus/profile.ts';
import type { BookTruth, DocumentTruth, ResultTruth } from '../../ocrolus/truth.ts';
import type { Policy, Stage } from '../../system/settings.ts';

/*
 * Which results there are for which statuses and classes, written from docs/ocrolus.md#document-statuses, #book-statuses,
 * #book-classes and #result-calls.
 */

/** Read from one document. */
export const CAPTURE_KINDS = ['forms', 'transactions'] as const satisfies readonly Kind[];

/** Of which each document has one. */
export const DOCUMENT_KINDS = [...CAPTURE_KINDS, 'original'] as const satisfies readonly Kind[];

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
  'business-history',
  'workbook',
] as const satisfies readonly Kind[];

/** Computed from what was read from the documents: not the same any more when that was corrected. */
export const DERIVED_KINDS = [
  'paystubs',
  'summary',
  'cash-flow',
  'enriched-transactions',
  'income',
  'workbook',
] as const satisfies readonly Kind[];

export function isDocumentKind(kind: Kind): boolean {
  return kind === 'forms' || kind === 'transactions' || kind === 'original';
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

/** Classes in which Ocrolus captures only some documents. */
const CLASSIFYING = new Set(['INSTANT_CLASSIFY_ONLY', 'INSTANT_CLASSIFY_ISO_CAPTURE']);

/**
 * Capture has ended: the book is verified, or, where Ocrolus captures only some documents, each of them has ended, as far
 * as Book status shows it.
 */
export function isEnded({ status, bookClass, documents }: BookTruth): boolean {
  const listed = documents.filter((document) => document.listed);
  if (!CLASSIFYING.has(bookClass) || listed.length === 0) return status === 'VERIFIED';
  return listed.every(
    ({ status: own, documentClass }) =>
      FINISHED.has(own) || (own === 'CLASSIFIED' && CLASSIFYING.has(documentClass ?? bookClass)),
  );
}

/**
 * What a stage fetches that does not say otherwise: the README promises forms, transactions, pay stubs, signals and
 * version 2 analytics, and says what is fetched when its webhook arrives, and what is not fetched.
 */
const DEFAULTS: Readonly<Record<Kind, Policy>> = {
  forms: 'always',
  transactions: 'always',
  paystubs: 'always',
  summary: 'always',
  'cash-flow': 'always',
  'enriched-transactions': 'always',
  signals: 'always',
  'suspicious-activity': 'announced',
  income: 'announced',
  classification: 'announced',
  analytics: 'announced',
  business: 'announced',
  'business-history': 'announced',
  'risk-score': 'never',
  'bank-statement-income': 'never',
  workbook: 'never',
  original: 'never',
};

/** What a stage wants of a kind, of a book of this class. */
export function wantedOf(kind: Kind, bookClass: string, { results }: Stage): Policy {
  const policy = results[kind] ?? DEFAULTS[kind];
  if (policy === 'never') return 'never';
  // No call lists the requests and businesses of a book.
  if (kind === 'business') return 'announced';
  if (CLASSIFYING.has(bookClass) && kind === 'classification') return 'always';
  // There is no memory of early events: what is wanted of a document is wanted of all (docs/design.md#policies).
  return isDocumentKind(kind) ? 'always' : policy;
}

/** Ocrolus answers it, if asked for as it must be: some of it by a job only. */
export function isAvailable(result: ResultTruth | undefined): boolean {
  return result?.state === 'available' || result?.state === 'asynchronous';
}

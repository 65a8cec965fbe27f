import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { BookTruth, DocumentTruth } from '../ocrolus/truth-types.ts';

export type Wanted = 'always' | 'probed' | 'announced' | 'never';

/**
 * The policies of a stage without settings (docs/design.md#policies), repeated on purpose. A kind without an
 * entry does not compile.
 */
const WANTED: Readonly<Record<ResultKind, Wanted>> = {
  forms: 'always',
  transactions: 'always',
  paystubs: 'always',
  summary: 'always',
  'cash-flow': 'always',
  'enriched-transactions': 'always',
  signals: 'always',
  'suspicious-activity': 'probed',
  income: 'probed',
  classification: 'probed',
  analytics: 'probed',
  business: 'announced',
  'risk-score': 'never',
  'bank-statement-income': 'never',
};

const CLASSIFY_ONLY = 'INSTANT_CLASSIFY_ONLY';

/** What is wanted of a kind of a book of this class. */
export function wantedOf(kind: ResultKind, { bookClass }: BookTruth): Wanted {
  const wanted = WANTED[kind];
  if (bookClass !== CLASSIFY_ONLY || wanted === 'never' || wanted === 'announced') return wanted;
  return kind === 'classification' ? 'always' : 'probed';
}

export function isCaptured({ status, listed, isMixed }: DocumentTruth): boolean {
  return listed && !isMixed && (status === 'VERIFICATION_COMPLETE' || status === 'COMPLETED');
}

/** Its work is over, with results or without. */
export function isDone({ status, listed }: DocumentTruth): boolean {
  return listed && (status === 'VERIFICATION_COMPLETE' || status === 'COMPLETED' || status === 'REJECTED');
}

const ENDED = new Set([
  'VERIFICATION_COMPLETE',
  'COMPLETED',
  'REJECTED',
  'FAILED',
  'DELETING',
  'DELETED',
  'CLASSIFIED',
]);

/** Capture has ended: the book is verified, or, where Ocrolus only classifies, every document is classified. */
export function isEnded({ status, bookClass, documents }: BookTruth): boolean {
  if (status === 'VERIFIED') return true;
  const listed = documents.filter((document) => document.listed);
  return (
    bookClass === CLASSIFY_ONLY && listed.length > 0 && listed.every((document) => ENDED.has(document.status))
  );
}

import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { BookTruth, DocumentTruth } from '../ocrolus/truth-types.ts';

/** What a stage that sets nothing wants (design section 5.1), written down once more on purpose. */
const ALWAYS: ReadonlySet<string> = new Set<ResultKind>([
  'forms',
  'transactions',
  'summary',
  'cash-flow',
  'enriched-transactions',
  'signals',
]);
const PROBED: ReadonlySet<string> = new Set<ResultKind>([
  'suspicious-activity',
  'income',
  'classification',
  'analytics',
]);
const NAMED: ReadonlySet<string> = new Set<ResultKind>(['business']);

const CLASSIFY_ONLY = 'INSTANT_CLASSIFY_ONLY';

export type Wanted = 'always' | 'probed' | 'announced' | 'never';

/** What is wanted of a kind of a book of this class. */
export function wantedOf(kind: string, { bookClass }: BookTruth): Wanted {
  const isKnown = ALWAYS.has(kind) || PROBED.has(kind) || NAMED.has(kind);
  if (!isKnown) return 'never';
  if (bookClass === CLASSIFY_ONLY && kind === 'classification') return 'always';
  if (NAMED.has(kind)) return 'announced';
  return bookClass === CLASSIFY_ONLY || PROBED.has(kind) ? 'probed' : 'always';
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

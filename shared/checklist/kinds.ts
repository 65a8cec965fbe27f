import { KINDS, type Policy, RESULT_KINDS, type ResultKind } from '../events/result-kinds.ts';

export { KINDS, type Kind, POLICIES, type Policy, RESULT_KINDS } from '../events/result-kinds.ts';

/** Kinds that capture reads from each document. They may change with it. */
export const CAPTURE_KINDS = ['forms', 'transactions'] as const;

/** Kinds that belong to each document and are asked for one document at a time. An upload never changes. */
export const DOCUMENT_KINDS = [...CAPTURE_KINDS, 'original'] as const;

export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export function isCaptureKind(kind: ResultKind): boolean {
  return CAPTURE_KINDS.some((one) => one === kind);
}

export function isDocumentKind(kind: ResultKind): kind is DocumentKind {
  return DOCUMENT_KINDS.some((one) => one === kind);
}

/** Kinds of results of a whole book. */
export const BOOK_KINDS = RESULT_KINDS.filter((kind) => KINDS[kind].of.includes('book'));

export type ResultsPolicy = Readonly<Record<ResultKind, Policy>>;

/** The policy of a stage that does not set `results`. */
export const DEFAULT_RESULTS: ResultsPolicy = Object.fromEntries(
  RESULT_KINDS.map((kind) => [kind, KINDS[kind].defaultPolicy]),
) as Record<ResultKind, Policy>;

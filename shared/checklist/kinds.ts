import { KINDS, type Policy, RESULT_KINDS, type ResultKind } from '../events/result-kinds.ts';

export { KINDS, type Kind, POLICIES, type Policy, RESULT_KINDS } from '../events/result-kinds.ts';

/** Kinds that belong to each document and are asked for one document at a time. */
export const DOCUMENT_KINDS = ['forms', 'transactions'] as const;

export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

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

import { KINDS, type Policy, RESULT_KINDS, type ResultKind } from '../events/result-kinds.ts';

/** What a stage does about a kind of result (docs/settings.md#results). */
export const POLICIES = ['always', 'announced', 'never'] as const;

/**
 * - `always`: asked for, for every book and document that it can apply to, whether or not a webhook came.
 * - `announced`: asked for when an event names it, and as a probe some days after the book was finished.
 * - `never`: not asked for.
 */
export type Policy = (typeof POLICIES)[number];

export interface Kind {
  /** What there is one of: for each document, for each book, or for each id that an event names. */
  readonly scope: 'document' | 'book' | 'named';
  readonly defaultPolicy: Policy;
  /** Whether it can be asked for without an event: no call lists the businesses of a book. */
  readonly probe: boolean;
}

/** Every kind of result that is fetched. Adding a kind without an entry here does not compile. */
export const KINDS: Readonly<Record<ResultKind, Kind>> = {
  forms: { scope: 'document', defaultPolicy: 'always', probe: false },
  transactions: { scope: 'document', defaultPolicy: 'always', probe: false },
  signals: { scope: 'document', defaultPolicy: 'always', probe: false },
  /** One answer for all documents of the book; no event names it. */
  paystubs: { scope: 'book', defaultPolicy: 'always', probe: true },
  summary: { scope: 'book', defaultPolicy: 'always', probe: true },
  'cash-flow': { scope: 'book', defaultPolicy: 'always', probe: true },
  'enriched-transactions': { scope: 'book', defaultPolicy: 'always', probe: true },
  income: { scope: 'book', defaultPolicy: 'announced', probe: true },
  classification: { scope: 'book', defaultPolicy: 'announced', probe: true },
  'suspicious-activity': { scope: 'book', defaultPolicy: 'announced', probe: true },
  /** Separate products, which are not part of every contract. */
  'risk-score': { scope: 'book', defaultPolicy: 'never', probe: true },
  'bank-statement-income': { scope: 'book', defaultPolicy: 'never', probe: true },
  /** Version 1; an asynchronous request's result has the request's id as its subject. */
  analytics: { scope: 'book', defaultPolicy: 'announced', probe: true },
  business: { scope: 'named', defaultPolicy: 'announced', probe: false },
};

export const RESULT_KINDS = Object.keys(KINDS) as readonly ResultKind[];

/** Kinds that belong to each document and are asked for one document at a time. */
export const DOCUMENT_KINDS = ['forms', 'transactions'] as const;

export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export function isDocumentKind(kind: ResultKind): kind is DocumentKind {
  return DOCUMENT_KINDS.some((one) => one === kind);
}

/** Kinds of which a book has one. */
export const BOOK_KINDS = RESULT_KINDS.filter((kind) => KINDS[kind].scope === 'book');

export type ResultsPolicy = Readonly<Record<ResultKind, Policy>>;

/** The policy of a stage that does not set `results`. */
export const DEFAULT_RESULTS: ResultsPolicy = Object.fromEntries(
  RESULT_KINDS.map((kind) => [kind, KINDS[kind].defaultPolicy]),
) as Record<ResultKind, Policy>;

/** A book that Ocrolus only classifies has a classification and nothing else (docs/ocrolus.md#book-classes). */
export const CLASSIFY_ONLY = 'INSTANT_CLASSIFY_ONLY';

/** The policy for one book: what applies to a book of its class. */
export function policyFor(policy: ResultsPolicy, bookClass: string | undefined, kind: ResultKind): Policy {
  if (bookClass !== CLASSIFY_ONLY) return policy[kind];
  if (policy[kind] === 'never') return 'never';
  return kind === 'classification' ? 'always' : 'announced';
}

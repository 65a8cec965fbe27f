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

const DEFINED = {
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
  /** Products of their own, and not part of every contract. */
  'risk-score': { scope: 'book', defaultPolicy: 'never', probe: true },
  'bank-statement-income': { scope: 'book', defaultPolicy: 'never', probe: true },
  /** Version 1; an asynchronous request's result has the request's id as its subject. */
  analytics: { scope: 'book', defaultPolicy: 'announced', probe: true },
  business: { scope: 'named', defaultPolicy: 'announced', probe: false },
} as const satisfies Readonly<Record<string, Kind>>;

/** The kinds of result bodies that are fetched and kept, once (docs/events.md#kinds-of-results). */
export type ResultKind = keyof typeof DEFINED;

export const KINDS: Readonly<Record<ResultKind, Kind>> = DEFINED;

export const RESULT_KINDS = Object.keys(KINDS) as readonly ResultKind[];

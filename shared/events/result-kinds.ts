/** Policies of a stage for a kind of result (docs/settings.md#results). */
export const POLICIES = ['always', 'announced', 'never'] as const;

/**
 * - `always`: asked for, for every book and document that it can apply to, with or without a webhook.
 * - `announced`: asked for when an event names it, and probed some days after the book was finished. For results of
 *   each document the same as `always`.
 * - `never`: not asked for.
 */
export type Policy = (typeof POLICIES)[number];

/** Subject of one result. Only events have the ids of requests and businesses. */
export type ResultSubject = 'document' | 'book' | 'request' | 'business';

export interface Kind {
  /** Possible subjects; the first one is asked for without an event. */
  readonly of: readonly ResultSubject[];
  readonly defaultPolicy: Policy;
  /** True if it is probed without an event. */
  readonly probe: boolean;
  /** Computed by Ocrolus from what the documents contain, so a document that is corrected in place may change it. */
  readonly derived?: true;
}

const DEFINED = {
  forms: { of: ['document'], defaultPolicy: 'always', probe: false },
  transactions: { of: ['document'], defaultPolicy: 'always', probe: false },
  /** One call for the whole book, or for a document that an event names. */
  signals: { of: ['book', 'document'], defaultPolicy: 'always', probe: true },
  /** One answer for all documents of the book; no event names it. */
  paystubs: { of: ['book'], defaultPolicy: 'always', probe: true, derived: true },
  summary: { of: ['book'], defaultPolicy: 'always', probe: true, derived: true },
  'cash-flow': { of: ['book'], defaultPolicy: 'always', probe: true, derived: true },
  'enriched-transactions': { of: ['book'], defaultPolicy: 'always', probe: true, derived: true },
  income: { of: ['book'], defaultPolicy: 'announced', probe: true, derived: true },
  classification: { of: ['book'], defaultPolicy: 'announced', probe: true },
  'suspicious-activity': { of: ['book'], defaultPolicy: 'announced', probe: true },
  /** Separate products, not part of every contract. */
  'risk-score': { of: ['book'], defaultPolicy: 'never', probe: true, derived: true },
  'bank-statement-income': { of: ['book'], defaultPolicy: 'never', probe: true, derived: true },
  /**
   * Version 1, which is deprecated: a probe of every book would cost 360 KB and a call of the heavy rate. An asynchronous
   * request's result has the request's id as its subject.
   */
  analytics: { of: ['book', 'request'], defaultPolicy: 'announced', probe: false },
  business: { of: ['business'], defaultPolicy: 'announced', probe: false },
  /** Names the business of the book; no event announces it. */
  'business-history': { of: ['book'], defaultPolicy: 'announced', probe: true },
  /** Files: the analytics as an Excel workbook, and each document as it was uploaded. */
  workbook: { of: ['book'], defaultPolicy: 'never', probe: true, derived: true },
  original: { of: ['document'], defaultPolicy: 'never', probe: false },
  /** Files: the images in which Detect shows what it found, for all documents of the book. */
  visualizations: { of: ['book'], defaultPolicy: 'never', probe: true },
} as const satisfies Readonly<Record<string, Kind>>;

/** Kinds of result bodies that are fetched and kept (docs/events.md#kinds-of-results). */
export type ResultKind = keyof typeof DEFINED;

export const KINDS: Readonly<Record<ResultKind, Kind>> = DEFINED;

export const RESULT_KINDS = Object.keys(KINDS) as readonly ResultKind[];

/** One result: its kind, and the uuid of its book or document, or the id of its request or business. */
export interface Want {
  readonly kind: ResultKind;
  readonly subject: string;
}

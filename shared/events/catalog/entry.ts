import type { Channel } from '../channels.ts';
import type { ResultKind } from '../result-kinds.ts';

/** Subject of an event; decides where its ids are. A mixed document is an upload that Ocrolus splits. */
export type Subject = 'book' | 'document' | 'mixed-document' | 'image-group' | 'account';

/** Process that ends with an event, if any. */
export type Ends =
  | 'nothing'
  | 'upload'
  | 'classification'
  | 'document-capture'
  | 'book-capture'
  | 'image-group'
  | 'mixed-document'
  | 'analytics-request'
  | 'analytics'
  | 'business'
  | 'document-detect'
  | 'book-detect'
  | 'income'
  | 'comparison'
  | 'book';

export interface CatalogEntry {
  readonly channel: Channel;
  readonly subject: Subject;
  /** Levels that offer the event: account, organization, or only the seed page. */
  readonly levels: readonly ('account' | 'organization' | 'seed')[];
  /** Spelling in the account level's list of events, if it differs. The organization level has the plain name. */
  readonly registeredAs?: string;
  readonly meaning: string;
  /** Results that this event makes available, and that its consumer stores. */
  readonly results: readonly ResultKind[];
  /**
   * `false` for events that summarize what other events have announced one by one: results stored in the book's
   * current generation are not asked for again. By default they are.
   */
  readonly reopens?: false;
  /**
   * When Book status is asked for. Absent: for every delivery. `if-unknown`: only if the book, or the document that
   * the event names, is not stored. `never`: the delivery is only recorded.
   */
  readonly bookStatus?: 'if-unknown' | 'never';
  readonly ends: Ends;
}

/** Short names for levels. */
export const ACCOUNT = ['account'] as const;
export const ORGANIZATION = ['organization'] as const;
export const BOTH = ['account', 'organization'] as const;
export const SEED_PAGE = ['seed'] as const;

/** Results of capture of a document. */
export const DOCUMENT_RESULTS = ['forms', 'transactions'] as const;
/** Results of capture of a book: the pay stubs of all its documents are one result, which no other event announces. */
export const CAPTURE_RESULTS = [...DOCUMENT_RESULTS, 'paystubs'] as const;
/** Version 2 analytics. */
export const ANALYTICS_RESULTS = [
  'summary',
  'cash-flow',
  'enriched-transactions',
  'risk-score',
  'workbook',
] as const;
/** Detect, for a document or its book. Images of one document are those of its book. */
export const DETECT_RESULTS = ['signals', 'visualizations'] as const;
/** Income calculated from documents, and from bank statements. */
export const INCOME_RESULTS = ['income', 'bank-statement-income'] as const;

/** Results announced by each task in `tasks` of `book.completed`, which is optional (docs/ocrolus.md#event-fields). */
export const RESULTS_OF_TASKS: Readonly<Record<string, readonly ResultKind[]>> = {
  CAPTURE: CAPTURE_RESULTS,
  ANALYTICS: ANALYTICS_RESULTS,
  DETECT: DETECT_RESULTS,
  INCOME: INCOME_RESULTS,
};

export type Entries = Readonly<Record<string, CatalogEntry>>;

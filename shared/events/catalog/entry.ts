import type { Channel } from '../channels.ts';
import type { ResultKind } from '../result-kinds.ts';

/** What an event is about, which decides where its ids are. */
export type Subject = 'book' | 'document' | 'mixed-document' | 'image-group' | 'account';

/** What comes to its end with an event, if anything does. */
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
  /** Where one can subscribe: account level (A), organization level (G), or only on the seed page. */
  readonly levels: readonly ('account' | 'organization' | 'seed')[];
  /** How Ocrolus's list of events for registration spells the name, where that is not how deliveries do. */
  readonly registeredAs?: string;
  readonly meaning: string;
  /** The results that this event makes available, and that its consumer stores. */
  readonly results: readonly ResultKind[];
  /**
   * Whether the event also asks again for results that are stored in the book's current generation (the default).
   * `false` for events that summarize what other events have announced one by one.
   */
  readonly reopens?: false;
  /**
   * Whether Book status is asked for. Absent: for every delivery. `if-unknown`: only if the book, or the document that
   * the event names, is not stored. `never`: the delivery is only recorded.
   */
  readonly bookStatus?: 'if-unknown' | 'never';
  readonly ends: Ends;
}

/** Where one can subscribe, in short. */
export const ACCOUNT = ['account'] as const;
export const ORGANIZATION = ['organization'] as const;
export const BOTH = ['account', 'organization'] as const;
export const SEED_PAGE = ['seed'] as const;

/** What capture reads from a document. */
export const DOCUMENT_RESULTS = ['forms', 'transactions'] as const;
/** What capture of a book brings: the pay stubs of all its documents are one result, which no other event announces. */
export const CAPTURE_RESULTS = [...DOCUMENT_RESULTS, 'paystubs'] as const;
/** Version 2 analytics. */
export const ANALYTICS_RESULTS = ['summary', 'cash-flow', 'enriched-transactions', 'risk-score'] as const;
/** What income is calculated from documents, and from bank statements. */
export const INCOME_RESULTS = ['income', 'bank-statement-income'] as const;

/** What each task in the `tasks` of `book.completed` announces. The field is optional (docs/ocrolus.md#event-fields). */
export const RESULTS_OF_TASKS: Readonly<Record<string, readonly ResultKind[]>> = {
  CAPTURE: CAPTURE_RESULTS,
  ANALYTICS: ANALYTICS_RESULTS,
  DETECT: ['signals'],
  INCOME: INCOME_RESULTS,
};

export type Entries = Readonly<Record<string, CatalogEntry>>;

import { type AccountHabits, KINDS, type Kind } from '../../../infra/local/ocrolus/model/book.ts';
import { DAY } from './random.ts';

export { KINDS, type Kind };

export interface AccountProfile extends AccountHabits {
  /** Primary keys above 2^53. */
  readonly largePks?: boolean;
}

/** Probabilities, per book unless stated otherwise. */
export const DEFAULT_SHARES = {
  instant: 0.3,
  classifyOnly: 0.05,
  isoWorkflow: 0.04,
  /** Per document, in an ISO workflow: it is recognized, and captured. */
  isoApplication: 0.3,
  /** Shares of the books of these two classes that become another class later, or of which one document is upgraded. */
  classUpgraded: 0.15,
  documentUpgraded: 0.25,
  /** Nothing is ever uploaded. */
  empty: 0.01,
  /** Some document never finishes. */
  stuck: 0.01,
  /** Events arrive before the API finds the book. */
  lateVisible: 0.03,
  /** Every document is rejected. */
  allRejected: 0.02,
  /** Synchronous analytics are refused with 1100. */
  large: 0.02,
  /** As `large`, and the job fails, too. */
  tooLarge: 0.004,
  /** 9001, once per kind or always. */
  slow: 0.015,
  /** 9002 although there are transactions. */
  unsupported: 0.01,
  income: 0.25,
  suspicious: 0.05,
  business: 0.07,
  analyticsRequest: 0.07,
  reopened: 0.12,
  upgraded: 0.06,
  /** COMPLETED becomes VERIFICATION_COMPLETE without work in between. */
  upgradedAtOnce: 0.05,
  documentDeleted: 0.03,
  documentUnlisted: 0.03,
  bookDeleted: 0.02,
  /** A document is corrected in place, up to three times within seconds: no status changes. */
  corrected: 0,
  /** Synchronous analytics are refused with 1100, and the first jobs fail. */
  failingJob: 0,
  /** Analytics are answered with a permanent code at first, and are there hours or days later. */
  passingCode: 0,
  /** Book list shows the book up to 40 hours after its creation, below books that it has shown before. */
  lateListed: 0,
  /** Per document. */
  rejected: 0.07,
  /** Per document: thousands of transactions, in bodies of more than 64 KB and 400 KB. */
  largeDocument: 0,
  /** Per document: Detect lists it up to five days later only. */
  lateDetect: 0,
  /** Per event: a body of more than 120 KB. */
  padded: 0,
  /** Per upload. */
  mixed: 0.06,
  /** Events about nothing that we store, and names from the future. */
  otherEvents: 0.05,
};

export type Shares = Readonly<Record<keyof typeof DEFAULT_SHARES, number>>;

/** The number of documents that an ordinary book begins with: a Pareto distribution with a limit. */
export interface BookSizes {
  readonly least: number;
  /** 1 / alpha: the larger, the heavier the tail. */
  readonly tail: number;
  readonly most: number;
  /** About how many deliveries are announced per book, all its changes included; measured. */
  readonly deliveries: number;
}

/** Mostly one to five documents, as a borrower's application has. */
export const SMALL_BOOKS: BookSizes = { least: 1, tail: 0.9, most: 60, deliveries: 20 };

/** Forty documents on average, as a year of statements of several accounts has. */
export const LARGE_BOOKS: BookSizes = { least: 20, tail: 0.5, most: 400, deliveries: 100 };

export interface Profile {
  readonly accounts: readonly AccountProfile[];
  /** Number of books, evenly spread over `arrivalMs` from the start. */
  readonly books: number;
  readonly arrivalMs: number;
  /** Number of books that have `giantDocuments`. */
  readonly giants: number;
  readonly giantDocuments: { readonly least: number; readonly most: number };
  readonly documents: BookSizes;
  /** Reopenings, upgrades and deletions begin before this time after the start only, so that all comes to rest. */
  readonly changesMs: number;
  readonly shares: Shares;
  /**
   * The API lags behind its events by seconds to minutes: Book status shows what it showed before, and documents and results
   * are not found or not ready.
   */
  readonly lags?: boolean;
  /** Above this, calls are answered with 429; the organization's limit is 20. None when absent. */
  readonly callsPerSecond?: number;
}

/** Books without surprises: every document is verified, and nothing else happens. */
export const NO_SHARES = Object.fromEntries(
  Object.keys(DEFAULT_SHARES).map((name) => [name, 0]),
) as unknown as Shares;

export const DEFAULT_PROFILE: Profile = {
  accounts: [
    { name: 'alpha', vocabulary: 'organization', filteredTotal: 'total', showsDocumentClass: true },
    {
      name: 'beta',
      vocabulary: 'legacy',
      errorsAsOk: true,
      transactionsWaitForBook: true,
      without: ['signals'],
      servesOneOf: 30,
    },
    { name: 'gamma', vocabulary: 'mixed', largePks: true, listShape: 'array', pageLimit: 200 },
  ],
  books: 100,
  arrivalMs: 20 * DAY,
  giants: 0,
  giantDocuments: { least: 500, most: 2000 },
  documents: SMALL_BOOKS,
  changesMs: 25 * DAY,
  shares: DEFAULT_SHARES,
};

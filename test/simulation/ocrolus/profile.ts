import { type AccountHabits, KINDS, type Kind } from '../../../infra/local/ocrolus/model/book.ts';
import { DAY } from './random.ts';

export { KINDS, type Kind };

export interface AccountProfile extends AccountHabits {
  /** Primary keys above 2^53. */
  readonly largePks?: boolean;
}

/** Probabilities, per book unless stated otherwise. */
export interface Shares {
  readonly instant: number;
  readonly classifyOnly: number;
  /** Share of the classify-only books that become another class later. */
  readonly classUpgraded: number;
  /** Nothing is ever uploaded. */
  readonly empty: number;
  /** Some document never finishes. */
  readonly stuck: number;
  /** Events arrive before the API finds the book. */
  readonly lateVisible: number;
  /** Every document is rejected. */
  readonly allRejected: number;
  /** Synchronous analytics are refused with 1100. */
  readonly large: number;
  /** As `large`, and the job fails, too. */
  readonly tooLarge: number;
  /** 9001, once per kind or always. */
  readonly slow: number;
  /** 9002 although there are transactions. */
  readonly unsupported: number;
  readonly income: number;
  readonly suspicious: number;
  readonly business: number;
  readonly analyticsRequest: number;
  readonly reopened: number;
  readonly upgraded: number;
  /** COMPLETED becomes VERIFICATION_COMPLETE without work in between. */
  readonly upgradedAtOnce: number;
  readonly documentDeleted: number;
  readonly documentUnlisted: number;
  readonly bookDeleted: number;
  /** A document is corrected in place, up to three times within seconds: no status changes. */
  readonly corrected: number;
  /** Synchronous analytics are refused with 1100, and the first jobs fail. */
  readonly failingJob: number;
  /** Analytics are answered with a permanent code at first, and are there hours or days later. */
  readonly passingCode: number;
  /** Book list shows the book up to 40 hours after its creation, below books that it has shown before. */
  readonly lateListed: number;
  /** Per document. */
  readonly rejected: number;
  /** Per document: thousands of transactions, in bodies of more than 64 KB and 400 KB. */
  readonly largeDocument: number;
  /** Per document: Detect lists it up to five days later only. */
  readonly lateDetect: number;
  /** Per event: a body of more than 120 KB. */
  readonly padded: number;
  /** Per upload. */
  readonly mixed: number;
  /** Events about nothing that we store, and names from the future. */
  readonly otherEvents: number;
}

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

const DEFAULT_SHARES: Shares = {
  instant: 0.3,
  classifyOnly: 0.05,
  classUpgraded: 0.15,
  empty: 0.01,
  stuck: 0.01,
  lateVisible: 0.03,
  allRejected: 0.02,
  large: 0.02,
  tooLarge: 0.004,
  slow: 0.015,
  unsupported: 0.01,
  income: 0.25,
  suspicious: 0.05,
  business: 0.07,
  analyticsRequest: 0.07,
  reopened: 0.12,
  upgraded: 0.06,
  upgradedAtOnce: 0.05,
  documentDeleted: 0.03,
  documentUnlisted: 0.03,
  bookDeleted: 0.02,
  corrected: 0,
  failingJob: 0,
  passingCode: 0,
  lateListed: 0,
  largeDocument: 0,
  lateDetect: 0,
  padded: 0,
  rejected: 0.07,
  mixed: 0.06,
  otherEvents: 0.05,
};

/** Books without surprises: every document is verified, and nothing else happens. */
export const NO_SHARES = Object.fromEntries(
  Object.keys(DEFAULT_SHARES).map((name) => [name, 0]),
) as unknown as Shares;

export const DEFAULT_PROFILE: Profile = {
  accounts: [
    { name: 'alpha', vocabulary: 'organization', filteredTotal: 'total' },
    {
      name: 'beta',
      vocabulary: 'legacy',
      errorsAsOk: true,
      transactionsWaitForBook: true,
      without: ['signals'],
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

/** State of Ocrolus: one book with two documents, and the results computed from them. */

export const DOCS = ['X', 'Y'] as const;
export type Doc = (typeof DOCS)[number];
export type DocStatus = 'processing' | 'verified' | 'rejected' | 'unlisted';
export type BookStatus = 'processing' | 'verified';

/** A result of the book. Until `from`, the revision before is answered. */
export interface Computed {
  revision: number;
  before: number;
  from: number;
  isReady: boolean;
}

export interface Truth {
  book: BookStatus;
  docs: Record<Doc, { status: DocStatus; revision: number }>;
  /** Book status shows this until `until`. */
  shownBefore?: { until: number; book: BookStatus; docs: Record<Doc, DocStatus> };
  summary: Computed;
  income: Computed;
  /** Revisions of the pages of the enriched transactions. */
  rows: number[];
  /** Detect lists a document from `listedFrom` on. Revision 0: it is being analyzed. */
  detect: Record<Doc, { listedFrom: number; revision: number }>;
  /** Its forms are not there yet. */
  withheld?: Doc | undefined;
  /** Number of jobs that will still fail. */
  failingJobs: number;
  /** The summary is refused to all books of the account, or, if `isLacking`, to all but this one. */
  circuit?: { since: number; until: number; isLacking: boolean };
  /** Revisions that the table must have in the end: those announced, and those that follow from a visible change. */
  due: Record<string, number>;
}

export function newTruth(): Truth {
  return {
    book: 'processing',
    docs: { X: { status: 'processing', revision: 0 }, Y: { status: 'processing', revision: 0 } },
    summary: { revision: 0, before: 0, from: 0, isReady: false },
    income: { revision: 0, before: 0, from: 0, isReady: false },
    rows: [],
    detect: {
      X: { listedFrom: Number.POSITIVE_INFINITY, revision: 0 },
      Y: { listedFrom: Number.POSITIVE_INFINITY, revision: 0 },
    },
    failingJobs: 0,
    due: {},
  };
}

/** Content of one delivery. */
export type WorldEvent =
  | { readonly name: 'doc' | 'signals'; readonly doc: Doc }
  | { readonly name: 'book' | 'analytics' | 'income' | 'detect' };

export function shownRevision(computed: Computed, now: number): number {
  return now < computed.from ? computed.before : computed.revision;
}

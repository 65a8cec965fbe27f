import type { Book, Document, DocumentStatus } from '../../../../infra/local/ocrolus/model/book.ts';
import type { ResultTruth as ModelTruth } from '../../../../infra/local/ocrolus/model/results.ts';

export interface DocumentTruth
  extends Pick<
    Document,
    'uuid' | 'docUuid' | 'pk' | 'name' | 'detect' | 'detectBefore' | 'revision' | 'statusAt'
  > {
  readonly status: DocumentStatus;
  /** Rejected documents have one in Book status. */
  readonly rejectionReason: string | undefined;
  readonly listed: boolean;
  /** The split upload itself, which has a status and no results. */
  readonly isMixed: boolean;
  /** The document's part of Detect's answers, the same text in its own and in the book's; empty where they omit it. */
  readonly analysis: string;
  /** The uuid of the image group that it belongs to. */
  readonly imageGroup: string | undefined;
}

/** The latest change of a result. */
export interface ChangeTruth {
  /** Unix milliseconds: from then on, no call was answered with an older body. 0: there was none. */
  readonly since: number;
  /** Book status differs from what it showed until then. */
  readonly isShown: boolean;
  /** For how long Book status showed that the book or document was at work again. */
  readonly awayMs: number;
}

/** A result with the oddities of its book. `slow` is resolved to the answer of the next call or of a job. */
export interface ResultTruth extends ModelTruth {
  readonly change: ChangeTruth;
  /** Unix milliseconds: a call before that was answered "not yet", or refused. */
  readonly availableFrom: number;
  /** Unix milliseconds: until then it was answered with a permanent code; 0 for never. */
  readonly permanentUntil: number;
  /** How many jobs for it have failed; 0 once one that does not fail was started. */
  readonly failedJobs: number;
}

/** The cheap part of the truth about a book. */
export interface BookOutline
  extends Pick<Book, 'status' | 'bookClass' | 'createdAt' | 'changedAt' | 'visibleFrom'> {
  /** Capture has ended. */
  readonly isEnded: boolean;
  /** Unix milliseconds: since when Book list has it. */
  readonly listedFrom: number;
  /** Documents that were uploaded, listed or not. */
  readonly documentCount: number;
  /** Unix milliseconds: until then, Book status shows nothing that has changed since then. */
  readonly behind: { readonly since: number; readonly until: number };
}

export interface BookTruth extends BookOutline {
  readonly bookUuid: string;
  readonly bookPk: string;
  readonly account: string;
  readonly name: string;
  /** Book status finds it; a deleted book may no longer be found. */
  readonly found: boolean;
  /** Counts up whenever Book status changes. */
  readonly version: number;
  /** Rows of enriched transactions. */
  readonly rows: number;
  /** Including those that are no longer listed. */
  readonly documents: readonly DocumentTruth[];
  readonly results: readonly ResultTruth[];
}

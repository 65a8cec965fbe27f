import type { BookClass, BookStatus, DetectState, DocumentStatus } from './book.ts';
import type { Kind } from './profile.ts';
import type { Reply, ReplyState } from './reply.ts';

export interface DocumentTruth {
  readonly uuid: string;
  readonly pk: string;
  /** The id of a part of a split upload; else the same as `uuid`. */
  readonly docUuid: string;
  readonly name: string;
  readonly status: DocumentStatus;
  /** As Book status says it: of rejected documents. */
  readonly rejectionReason: string | undefined;
  readonly listed: boolean;
  /** Of a split upload itself: it has a status and no results. */
  readonly isMixed: boolean;
  readonly detect: DetectState;
  /** What Detect said of it before the last change. */
  readonly detectBefore: { readonly wasPending: boolean; readonly wasAbsent: boolean };
  /** How often it has finished: more than once after an upgrade. */
  readonly revision: number;
  /** The document's part of Detect's answers, the same text in its own and in the book's; empty where they omit it. */
  readonly analysis: string;
  /** Unix milliseconds: when its status last changed. */
  readonly statusAt: number;
  /** The uuid of the image group that it belongs to. */
  readonly imageGroup: string | undefined;
}

/** How a result came to differ from what it was before. */
export interface ChangeTruth {
  /** Unix milliseconds: from then on, no call was answered with an older body. 0: there was none. */
  readonly since: number;
  /** What Book status shows is different from what it showed until then. */
  readonly isShown: boolean;
  /** For how long Book status showed that the book or document was at work again. */
  readonly awayMs: number;
}

export interface ResultTruth {
  readonly kind: Kind;
  /** The uuid of the book, document or business, or the id of a request; `<uuid>@summary` for the income summary. */
  readonly subject: string;
  readonly operation: string;
  /** Path and query of the call. */
  readonly target: string;
  /** `slow` is resolved: `available` when the next call succeeds, `asynchronous` where only a job returns it. */
  readonly state: ReplyState;
  /** What the call is answered now. */
  readonly answer: Reply;
  /** The result, where there is one: of a call, or of a job where `state` is `asynchronous`. */
  readonly body: string | undefined;
  /** What a job that starts now will answer; the same, except for enriched transactions: all rows in one page. */
  readonly jobBody: string | undefined;
  /** How often the result has changed. */
  readonly revision: number;
  /** Unix milliseconds: when the result last changed. */
  readonly changedAt: number;
  readonly change: ChangeTruth;
  /** Unix milliseconds: a call before that was answered "not yet", or refused. */
  readonly availableFrom: number;
  /** Unix milliseconds: until then it was answered with a permanent code; 0 for never. */
  readonly permanentUntil: number;
  /** How many jobs for it have failed; 0 once one that does not fail was started. */
  readonly failedJobs: number;
}

export interface BookTruth {
  readonly bookUuid: string;
  readonly bookPk: string;
  readonly account: string;
  readonly name: string;
  readonly bookClass: BookClass;
  readonly status: BookStatus;
  /** Whether Book status finds it: a deleted book may no longer be found. */
  readonly found: boolean;
  readonly createdAt: number;
  /** Unix milliseconds: when the answer of Book status last changed. */
  readonly changedAt: number;
  /** Unix milliseconds: when it was verified last; 0 for never. */
  readonly verifiedAt: number;
  /** Unix milliseconds: before that, the API does not find it. */
  readonly visibleFrom: number;
  readonly version: number;
  /** Rows of enriched transactions. */
  readonly rows: number;
  /** Including those that are no longer listed. */
  readonly documents: readonly DocumentTruth[];
  readonly results: readonly ResultTruth[];
}

/** What is quickly said about a book. */
export type BookOutline = Pick<
  BookTruth,
  'status' | 'bookClass' | 'createdAt' | 'changedAt' | 'visibleFrom'
> & {
  /** Capture has ended. */
  readonly isEnded: boolean;
  /** Unix milliseconds: since when Book list has it. */
  readonly listedFrom: number;
  /** Documents that were uploaded, listed or not. */
  readonly documentCount: number;
  /** Unix milliseconds: until then, Book status shows nothing that has changed since then. */
  readonly behind: { readonly since: number; readonly until: number };
};

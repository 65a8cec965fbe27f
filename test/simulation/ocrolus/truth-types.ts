import type {
  BookClass,
  BookStatus,
  DetectState,
  DocumentStatus,
} from '../../../infra/local/ocrolus/model/book.ts';
import type { ResultTruth as ModelTruth } from '../../../infra/local/ocrolus/model/results.ts';

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

/** With what the oddities of its book make of it. `slow` is resolved: to what the next call or a job will answer. */
export interface ResultTruth extends ModelTruth {
  readonly change: ChangeTruth;
  /** Unix milliseconds: a call before that was answered "not yet", or refused. */
  readonly availableFrom: number;
  /** Unix milliseconds: until then it was answered with a permanent code; 0 for never. */
  readonly permanentUntil: number;
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
};

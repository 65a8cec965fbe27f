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
  /** The split upload itself, which has a status and no results. */
  readonly isMixed: boolean;
  readonly detect: DetectState;
  /** Detect's state before the last change. */
  readonly detectBefore: { readonly wasPending: boolean; readonly wasAbsent: boolean };
  /** The number of times that it has finished: more than once after an upgrade. */
  readonly revision: number;
  /** The document's part of Detect's answers, the same text in its own and in the book's; empty where they omit it. */
  readonly analysis: string;
  /** Unix milliseconds: when its status last changed. */
  readonly statusAt: number;
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
}

export interface BookTruth {
  readonly bookUuid: string;
  readonly bookPk: string;
  readonly account: string;
  readonly name: string;
  readonly bookClass: BookClass;
  readonly status: BookStatus;
  /** Book status finds it; a deleted book may no longer be found. */
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

/** The cheap part of the truth about a book. */
export type BookOutline = Pick<
  BookTruth,
  'status' | 'bookClass' | 'createdAt' | 'changedAt' | 'visibleFrom'
> & {
  /** Capture has ended. */
  readonly isEnded: boolean;
  /** Unix milliseconds: since when Book list has it. */
  readonly listedFrom: number;
};

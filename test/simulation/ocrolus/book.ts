import type { AccountProfile, Kind, Shares } from './profile.ts';
import type { Random } from './random.ts';
import type { Refusals } from './refusals.ts';

export type BookStatus = 'CREATED' | 'UPLOAD' | 'VERIFYING' | 'VERIFIED' | 'DELETED';
export type BookClass = 'COMPLETE' | 'INSTANT' | 'INSTANT_CLASSIFY_ONLY';
export type DocumentStatus =
  | 'QUEUED'
  | 'PROCESSING'
  | 'CLASSIFIED'
  | 'GROOMING'
  | 'VERIFYING'
  | 'VERIFICATION_COMPLETE'
  | 'COMPLETED'
  | 'REJECTED'
  | 'FAILED'
  | 'DELETING'
  | 'DELETED';

/** `ABSENT`: Detect's answers leave the document out. */
export type DetectState = 'ABSENT' | 'PENDING' | 'COMPLETED' | 'UNABLE_TO_PROCESS' | 'UNSUPPORTED';
/** What Detect will make of a document; `late` is absent at first, `pending` and `absent` stay so. */
export type DetectFate = 'found' | 'not_found' | 'unable' | 'unsupported' | 'absent' | 'late' | 'pending';
/**
 * `failing`: as `large`, and the first jobs fail. `passing`: a permanent code at first.
 * `slow`: 9001 to the first synchronous call of each kind; `slow-forever`: to all of them.
 */
export type AnalyticsFate =
  | 'normal'
  | 'large'
  | 'too-large'
  | 'failing'
  | 'passing'
  | 'slow'
  | 'slow-forever'
  | 'unsupported';

/** Something whose calls are counted per day. */
export interface Counted {
  day: number;
  /** Calls of `day` by the operation's index. */
  calls: number[];
}

export interface Account extends Counted {
  readonly name: string;
  readonly profile: AccountProfile;
  readonly refusals: Refusals;
  readonly disabled: Set<Kind>;
  /** By ascending pk, without deleted books. */
  readonly listed: Book[];
  credentialsValid: boolean;
  /** When no book is found. */
  readonly hidden: { readonly from: number; readonly until: number }[];
}

export interface Mixed {
  readonly uuid: string;
  readonly pk: string;
  readonly name: string;
  readonly parts: Document[];
  status: 'QUEUED' | 'PROCESSING' | 'COMPLETED' | 'REJECTED' | 'DELETED';
}

export interface ImageGroup {
  readonly uuid: string;
  readonly pk: string;
  /** Documents in progress. */
  working: number;
  rejected: boolean;
}

export interface Document extends Counted {
  readonly book: Book;
  /** `docs[].uuid` of Book status, `uploaded_doc_uuid` elsewhere. */
  readonly uuid: string;
  readonly pk: string;
  /** `doc_uuid`: another one for a part of a split upload (docs/ocrolus.md#document-ids). */
  readonly docUuid: string;
  readonly name: string;
  readonly kind: 'statement' | 'form' | 'paystub';
  readonly rows: number;
  readonly mixed: Mixed | undefined;
  readonly imageGroup: ImageGroup | undefined;
  outcome: DocumentStatus;
  readonly rejectionReason: string;
  readonly detectFate: DetectFate;
  status: DocumentStatus;
  /** Whether Book status shows it. */
  listed: boolean;
  statusAt: number;
  /** What it was before it went back to work; undefined while it is finished, or not finished for the first time. */
  left: { readonly status: DocumentStatus; readonly at: number } | undefined;
  /** Counts up whenever its forms and transactions change. */
  revision: number;
  changedAt: number;
  change: Change;
  /** Until then no call but Book status knows it. */
  knownFrom: number;
  /** Until then its results are answered with 1404 although it is finished. */
  resultsFrom: number;
  detect: DetectState;
  /** Counts up when Detect starts: the end of an earlier run is ignored. */
  detectRun: number;
  /** Counts up whenever its signals change. */
  detectRevision: number;
  detectChangedAt: number;
  /** What Detect said of it before its last change: nothing, or that it is being processed. */
  detectBefore: DetectState;
  /** Parts of answers; undefined after a change. */
  statusText: string | undefined;
  signalsText: string | undefined;
}

export interface Business {
  readonly uuid: string;
  status: 'pending' | 'approved' | 'rejected';
  revision: number;
  changedAt: number;
  change: Change;
}

/** A version 1 asynchronous analytics request. */
export interface AnalyticsRequest {
  readonly id: string;
  readonly book: Book;
  readonly requestedAt: number;
  /** Of the statements when it completed; 0 while it is processed. */
  revision: number;
  changedAt: number;
  change: Change;
}

export interface Book extends Counted {
  readonly uuid: string;
  readonly pk: string;
  readonly account: Account;
  readonly name: string;
  readonly created: string;
  readonly createdAt: number;
  readonly random: Random;
  /** Chance without a state, for answers: see `mix`. */
  readonly hash: number;
  readonly listText: string;
  readonly shares: Shares;
  bookClass: BookClass;
  status: BookStatus;
  /** Before this, the API does not find it. */
  visibleFrom: number;
  /** Before this, Book list does not show it. */
  readonly listedFrom: number;
  /** From this time on, Book status no longer finds it either. */
  vanishesAt: number;
  readonly documents: Document[];
  readonly mixed: Mixed[];
  readonly businesses: Business[];
  readonly requests: AnalyticsRequest[];
  /** Counts up whenever Book status changes. */
  version: number;
  changedAt: number;
  statusText: string | undefined;
  /** What Book status has answered last, and until when it goes on to, whatever has changed since. */
  shownText: string | undefined;
  shownSince: number;
  shownUntil: number;
  /** Since its last lag, it has shown what it is. */
  wasShown: boolean;
  /** Uploads to come, documents in progress, finished documents with results, Detect runs in progress. */
  uploading: number;
  working: number;
  captured: number;
  detecting: number;
  /** Counts up when the book goes back to work: analytics started before are dropped. */
  turn: number;
  /** What it looked like when it last went back to work. */
  left: Left | undefined;
  /** What it looked like while it was verified. */
  digest: string;
  /** When it was verified last. */
  verifiedAt: number;
  /** When the last document in progress was finished. */
  idleAt: number;
  /** Called whenever Book status, or a result, has changed. */
  readonly onChange: () => void;
  /** Some document never finishes. */
  readonly stuck: boolean;
  isClassified: boolean;
  wasVerified: boolean;
  classification: Versioned;
  statements: Versioned;
  paystubs: Versioned;
  signals: Versioned;
  suspicious: Versioned;
  readonly analyticsFate: AnalyticsFate;
  /** When the permanent answer to a `passing` book ended; 0 while it has not. */
  passedAt: number;
  /** Number of jobs of each kind that a `failing` book has started. */
  readonly startedJobs: Map<Kind, number>;
  analytics: Versioned & { ready: boolean; rows: number; documents: number; left: Left | undefined };
  /** Kinds that have been answered with 9001 since the last computation. */
  readonly slowAnswered: Set<Kind>;
  income: Versioned & { expected: boolean };
  completedTurn: number;
  detectedTurn: number;
}

export interface Versioned {
  /** Counts up whenever the result changes; 0 while there is none. */
  revision: number;
  changedAt: number;
  change: Change;
}

/** A verified book that goes back to work. */
export interface Left {
  readonly at: number;
  /** Its documents and their statuses. */
  readonly digest: string;
}

/** How a result came to differ from what it was before. */
export interface Change {
  /** From then on, no call was answered with an older body. */
  readonly since: number;
  /** Book status was different at the same moment. */
  readonly isShown: boolean;
  /** The book or document went back to work: what it had looked like. */
  readonly left: Left | undefined;
}

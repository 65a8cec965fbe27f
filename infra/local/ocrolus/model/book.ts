import type { Refusals } from './reply.ts';

/** Results of a book and its documents (docs/ocrolus.md#result-calls). A contract may lack any of them. */
export const KINDS = [
  'forms',
  'transactions',
  'paystubs',
  'analytics',
  'summary',
  'cash-flow',
  'enriched-transactions',
  'signals',
  'suspicious-activity',
  'business',
  'business-history',
  'income',
  'bank-statement-income',
  'risk-score',
  'classification',
  'workbook',
  'original',
] as const;

export type Kind = (typeof KINDS)[number];

/**
 * `legacy`: the nine names of the seed page. `organization`: the dotted names. `mixed`: what the account-level list
 * offers, upper-case names where there is one and dotted names for the rest.
 */
export const VOCABULARIES = ['legacy', 'organization', 'mixed'] as const;
export type Vocabulary = (typeof VOCABULARIES)[number];

/** The behaviour of one API account. Accounts differ where the sources disagree (docs/ocrolus.md). */
export interface AccountHabits {
  readonly name: string;
  readonly vocabulary: Vocabulary;
  /** Products that the contract lacks at first: `Account.without`. */
  readonly without?: readonly Kind[];
  /** One book of so many has all products, such as one of another form type. */
  readonly servesOneOf?: number;
  /** Errors that have a status in the body come with HTTP 200 (docs/ocrolus.md#effective-status). */
  readonly errorsAsOk?: boolean;
  /**
   * `array`: Book list has no envelope around its page (docs/ocrolus.md#book-list). `whole`: it ignores `limit` and
   * `offset`.
   */
  readonly listShape?: 'page' | 'array' | 'whole';
  /** A page of enriched transactions behind the last row has the last rows again. */
  readonly repeatsPages?: boolean;
  /** Some books have a document twice in Book status. */
  readonly repeatsDocuments?: boolean;
  /** `page`: `filtered_total` counts the rows of the page. `total`: all rows (docs/ocrolus.md#enriched-transactions). */
  readonly filteredTotal?: 'page' | 'total';
  /** The most rows in one answer of enriched transactions; also the default. */
  readonly pageLimit?: number;
  /** More rows or books in one request are refused (docs/ocrolus.md#page-sizes). */
  readonly mostRows?: number;
  /** The only format of a token request that is accepted (docs/ocrolus.md#token-request-format). */
  readonly tokenFormat?: 'json' | 'form' | 'basic';
  /** Book status has the class of each document (docs/ocrolus.md#book-classes). */
  readonly showsDocumentClass?: boolean;
  /** Transactions of one document are answered with 1404 while any document of the book is in progress. */
  readonly transactionsWaitForBook?: boolean;
}

export interface Account {
  readonly name: string;
  readonly habits: AccountHabits;
  readonly refusals: Refusals;
  /** Products that the contract lacks: 403, and their events are not announced. */
  readonly without: Set<Kind>;
  /** Books in ascending order of their pks, without deleted ones. */
  readonly listed: Book[];
}

export type BookStatus = 'CREATED' | 'UPLOAD' | 'VERIFYING' | 'VERIFIED' | 'DELETED';
export type BookClass = 'COMPLETE' | 'INSTANT' | 'INSTANT_CLASSIFY_ONLY' | 'INSTANT_CLASSIFY_ISO_CAPTURE';
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
export type DocumentKind = 'bank-statement' | 'form' | 'pay-stub';

/** `ABSENT`: Detect's answers leave the document out. */
export type DetectState = 'ABSENT' | 'PENDING' | 'COMPLETED' | 'UNABLE_TO_PROCESS' | 'UNSUPPORTED';
/** The end of Detect for a document. `late` is absent at first; `pending` and `absent` never change. */
export const DETECT_OUTCOMES = [
  'found',
  'not_found',
  'unable',
  'unsupported',
  'absent',
  'late',
  'pending',
] as const;
export type DetectOutcome = (typeof DETECT_OUTCOMES)[number];

/** Something that is computed, and may change. */
export interface Versioned {
  /** Counts up whenever the result changes; 0 while there is none. */
  revision: number;
  /** Unix milliseconds. */
  changedAt: number;
}

/** A PDF that Ocrolus splits into documents; it has a status and no results of its own. */
export interface Mixed {
  readonly uuid: string;
  readonly pk: string;
  readonly name: string;
  readonly parts: Document[];
  status: 'QUEUED' | 'PROCESSING' | 'COMPLETED' | 'REJECTED' | 'DELETED';
}

/** Several images uploaded as one document. */
export interface ImageGroup {
  readonly uuid: string;
  readonly pk: string;
  /** Documents in progress. */
  working: number;
  isRejected: boolean;
}

export interface NewDocument {
  /** `docs[].uuid` of Book status, `uploaded_doc_uuid` elsewhere. */
  readonly uuid: string;
  readonly pk: string;
  /** `doc_uuid`: another one for a part of a split upload (docs/ocrolus.md#document-ids). */
  readonly docUuid: string;
  readonly name: string;
  readonly kind: DocumentKind;
  /** The form that it has, for the kind `form`: `W2`. */
  readonly formType: string;
  readonly pages: number;
  /** Transactions of a bank statement; 0 for other kinds. */
  readonly rows: number;
  readonly mixed?: Mixed | undefined;
  readonly imageGroup?: ImageGroup | undefined;
  /** An ISO workflow recognizes it, and captures it after its classification. */
  readonly isIsoApplication?: boolean | undefined;
  outcome: DocumentStatus;
  readonly rejectionReason: string;
  detectOutcome: DetectOutcome;
}

/** `revision` counts up whenever its forms and transactions change. */
export interface Document extends NewDocument, Versioned {
  readonly book: Book;
  status: DocumentStatus;
  /** Its own class, if it is not processed as its book. */
  documentClass: BookClass | undefined;
  /** Book status shows it. */
  isListed: boolean;
  /** Unix milliseconds: when its status last changed. */
  statusAt: number;
  /** Unix milliseconds: until then no call but Book status knows it. */
  knownFrom: number;
  /** Unix milliseconds: until then its results are answered with 1404 although it is finished. */
  resultsFrom: number;
  detect: DetectState;
  /** The state before the last change. */
  detectBefore: DetectState;
  readonly signals: Versioned;
  /** The file as it was uploaded, which never changes. */
  readonly original: Versioned;
  /** Parts of answers; undefined after a change. */
  statusText: string | undefined;
  signalsText: string | undefined;
}

export interface Business extends Versioned {
  readonly uuid: string;
  status: 'pending' | 'approved' | 'rejected';
}

/** A version 1 asynchronous analytics request. Its revision is that of the statements when it completed. */
export interface AnalyticsRequest extends Versioned {
  readonly id: string;
  readonly book: Book;
  /** Unix milliseconds. */
  readonly requestedAt: number;
}

export interface NewBook {
  readonly uuid: string;
  readonly pk: string;
  readonly account: Account;
  readonly name: string;
  readonly xid: string | null;
  /** Chooses between documented spellings of an answer. */
  readonly hash: number;
  bookClass: BookClass;
  /** Unix milliseconds: before this, the API does not find it. */
  visibleFrom: number;
  /** Some document never finishes. */
  readonly isStuck: boolean;
  /** `large`: synchronous analytics are refused with 1100. `too-large`: the jobs fail, too. */
  volume: 'normal' | 'large' | 'too-large';
  /** Income will be calculated: until then the answer is "not yet". */
  readonly isIncomeExpected: boolean;
}

export interface Book extends NewBook {
  /** Unix milliseconds. */
  readonly createdAt: number;
  status: BookStatus;
  /** Unix milliseconds: from then on, Book status no longer finds it either. */
  vanishesAt: number;
  readonly documents: Document[];
  readonly mixed: Mixed[];
  readonly businesses: Business[];
  readonly requests: AnalyticsRequest[];
  /** Counts up whenever Book status changes. */
  version: number;
  changedAt: number;
  /** Answers, or parts of them; undefined after a change. */
  listText: string | undefined;
  statusText: string | undefined;
  /** Uploads to come, documents in progress, finished documents with results. */
  uploading: number;
  working: number;
  captured: number;
  /** Unix milliseconds: when it was verified last; 0 for never. */
  verifiedAt: number;
  /** Unix milliseconds: when the last document in progress was finished. */
  idleAt: number;
  isClassified: boolean;
  /** The end of all its tasks was announced. */
  isCompleted: boolean;
  readonly classification: Versioned;
  readonly statements: Versioned;
  readonly paystubs: Versioned;
  readonly signals: Versioned;
  readonly suspicious: Versioned;
  /** Which business the book is about. */
  readonly businessHistory: Versioned;
  readonly analytics: Versioned & { isReady: boolean; rows: number; documents: number };
  readonly income: Versioned;
}

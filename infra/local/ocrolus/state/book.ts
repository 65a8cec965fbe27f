/** Book status values (docs/ocrolus.md#book-statuses). */
export type BookStatus = 'CREATED' | 'UPLOAD' | 'VERIFYING' | 'VERIFIED' | 'DELETED';

export type BookClass = 'COMPLETE' | 'INSTANT' | 'INSTANT_CLASSIFY_ONLY';

/** The document statuses that the simulator uses (docs/ocrolus.md#document-statuses). */
export type DocumentStatus =
  | 'QUEUED'
  | 'VERIFYING'
  | 'CLASSIFIED'
  | 'VERIFICATION_COMPLETE'
  | 'REJECTED'
  | 'DELETED';

export type DocumentKind = 'bank-statement' | 'form' | 'pay-stub';

export type DetectResult = 'found' | 'not_found' | 'unable';

/** Several images uploaded as one document. */
export interface ImageGroup {
  readonly uuid: string;
  readonly pk: string;
}

/** A PDF that Ocrolus splits into documents; it has a status and no results of its own. */
export interface MixedDocument {
  readonly uuid: string;
  readonly pk: string;
  readonly name: string;
  readonly md5: string;
  status: 'QUEUED' | 'COMPLETED' | 'DELETED';
}

export interface Document {
  /** `uploaded_doc_uuid`, and `docs[].uuid` of Book status. */
  readonly uuid: string;
  readonly pk: string;
  /** `doc_uuid`: another one for a document that was split from a mixed one (docs/ocrolus.md#document-ids). */
  readonly docUuid: string;
  readonly name: string;
  readonly kind: DocumentKind;
  /** For the kind `form`, for example `W2`. */
  readonly formType: string;
  readonly pages: number;
  readonly md5: string;
  /** The form or pay stub that is captured from it. */
  readonly form: { readonly uuid: string; readonly pk: string };
  /** Rows of a bank statement. */
  readonly transactions: number;
  /** Position in the book: chooses the month of a statement. */
  readonly position: number;
  readonly imageGroup?: ImageGroup;
  readonly mixed?: MixedDocument;
  /** Why verification will reject it. */
  readonly rejection?: string;
  /** What `advance` lets Detect find. */
  readonly detectOutcome: DetectResult;
  status: DocumentStatus;
  detect: DetectResult | 'pending';
  /**
   * Deleted, and not listed any more: nobody knows whether Ocrolus lists a deleted document
   * (docs/ocrolus.md#deleted-documents).
   */
  unlisted: boolean;
}

/** Books that are shared with another organization, or by it. */
export interface CopyJob {
  readonly id: string;
  readonly type: 'OUTBOUND' | 'INBOUND';
  readonly orgUuid: string;
  readonly createdAt: string;
  readonly label: string;
  status: 'PENDING' | 'AWAITING_RECIPIENT' | 'IN_PROGRESS' | 'REJECTED';
}

export interface AnalyticsRequest {
  readonly id: string;
  readonly requestedAt: number;
  completed: boolean;
}

/** A Middesk look-up. */
export interface Business {
  readonly uuid: string;
  readonly middeskId: string;
  readonly name: string;
  readonly createdAt: string;
  status: 'pending' | 'approved';
}

export interface Book {
  readonly uuid: string;
  readonly pk: string;
  readonly name: string;
  readonly bookClass: BookClass;
  readonly xid: string | null;
  /** ISO 8601 without milliseconds, as Ocrolus writes it. */
  readonly createdAt: string;
  /** Another account's: every call about it is refused with 2102. */
  readonly forbidden: boolean;
  readonly documents: Document[];
  readonly businesses: Business[];
  readonly analyticsRequests: AnalyticsRequest[];
  readonly copyJobs: CopyJob[];
  status: BookStatus;
  classified: boolean;
  analyticsReady: boolean;
  /** 0 until income is calculated, then counts the calculations. */
  incomeRevision: number;
  suspicious: boolean;
  completed: boolean;
}

/** What the answers about a book list. */
export function listedDocuments(book: Book): Document[] {
  return book.documents.filter(({ unlisted }) => !unlisted);
}

export function isFinished(document: Document): boolean {
  return document.status === 'VERIFICATION_COMPLETE' || document.status === 'REJECTED';
}

export function isCapturedStatement({ kind, status }: Document): boolean {
  return kind === 'bank-statement' && status === 'VERIFICATION_COMPLETE';
}

/** Verified bank statements: what analytics are made of. */
export function statements(book: Book): Document[] {
  return book.documents.filter(isCapturedStatement);
}

export function mixedDocuments(book: Book): MixedDocument[] {
  return [...new Set(listedDocuments(book).map((document) => document.mixed))].filter((m) => m !== undefined);
}

export function imageGroups(book: Book): ImageGroup[] {
  return [...new Set(book.documents.map((document) => document.imageGroup))].filter((g) => g !== undefined);
}

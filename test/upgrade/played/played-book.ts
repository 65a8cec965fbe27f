/** A document as Book status shows it, and what Detect says of it. */
export interface PlayedDocument {
  readonly uuid: string;
  readonly pk: string;
  readonly status: string;
  readonly rejectionReason?: string;
  readonly imageGroupPk?: string;
  /** Of a part of a split PDF: the pk of the PDF. */
  readonly mixedPk?: string;
  /** Another uuid: then the call for its forms takes neither uuid of the document, only its pk. */
  readonly hasFormsByPkOnly?: true;
  /** Detect's status of it. Absent: Detect does not list it. */
  readonly detect?: string;
}

/** Ocrolus refuses a call: the HTTP status, and the code in the body where there is one. */
export interface Refusal {
  readonly status: number;
  readonly code?: number;
}

/** Ocrolus has a result, or a job that computes it. */
export interface Available {
  /** In the body, so that each revision is another body. */
  readonly revision: number;
  /** Further bytes of the body that do not compress. */
  readonly bytes?: number;
  /** Of a business or an analytics request, where it is not done. */
  readonly state?: string;
  /** Of enriched transactions: all rows, and the rows of a page. */
  readonly rows?: number;
  readonly pageRows?: number;
  /** Only a job answers it: its id, and whether it is done. A job that is not named here is unknown. */
  readonly job?: { readonly id: string; readonly isDone: boolean };
}

export type PlayedAnswer = Refusal | Available;

/** What Ocrolus has of a book. */
export interface PlayedBook {
  readonly uuid: string;
  readonly pk: string;
  readonly account: string;
  readonly name?: string;
  readonly xid?: string;
  readonly bookClass?: string;
  readonly status: string;
  /** Book status refuses the book, whose other calls are refused too, and the list of books leaves it out. */
  readonly refused?: Refusal;
  readonly documents: readonly PlayedDocument[];
  /** PDFs that were split. */
  readonly mixed?: readonly PlayedDocument[];
  /**
   * By kind, or by kind and subject (`forms#<docUuid>`, `business#<id>`), which wins. Where there is none, captured
   * documents have their forms and transactions, other documents are pending, and other kinds are refused.
   */
  readonly answers: Readonly<Record<string, PlayedAnswer>>;
}

export const has = (revision = 1, more: Omit<Available, 'revision'> = {}): Available => ({
  revision,
  ...more,
});

/** Verification is not over. */
export const PENDING: Refusal = { status: 400, code: 1404 };
export const NOT_READY: Refusal = { status: 425, code: 9004 };
/** There is nothing to analyze: permanent. */
const NO_STATEMENTS: Refusal = { status: 400, code: 9003 };
/** A product that the contract lacks, or a proxy. */
export const FORBIDDEN: Refusal = { status: 403 };
export const NO_SUCH_BOOK: Refusal = { status: 400, code: 1401 };

export function isAvailable(answer: PlayedAnswer): answer is Available {
  return 'revision' in answer;
}

/** Results of a verified book without analytics; products that do not exist are permanent. */
export const CAPTURE_ONLY: PlayedBook['answers'] = {
  paystubs: has(),
  summary: NO_STATEMENTS,
  'cash-flow': NO_STATEMENTS,
  'enriched-transactions': NO_STATEMENTS,
  income: NO_STATEMENTS,
  classification: NO_STATEMENTS,
  'suspicious-activity': NO_STATEMENTS,
  analytics: NO_STATEMENTS,
};

export const WITH_ANALYTICS: PlayedBook['answers'] = {
  ...CAPTURE_ONLY,
  summary: has(),
  'cash-flow': has(),
  'enriched-transactions': has(),
};

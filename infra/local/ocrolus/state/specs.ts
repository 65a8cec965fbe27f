import type { BookClass, DetectResult, DocumentKind } from './book.ts';

/** A document to be uploaded. */
export interface DocumentSpec {
  /** Default `bank-statement`. */
  readonly kind?: DocumentKind;
  /** Default `W2`; only for the kind `form`. */
  readonly formType?: string;
  readonly name?: string;
  readonly uuid?: string;
  /** Digits; may exceed 2^53. */
  readonly pk?: string;
  readonly pages?: number;
  /** Verification rejects the document for this reason, for example `DOCUMENT IS UNREADABLE`. */
  readonly rejection?: string;
  /** Documents with the same label are one image group. */
  readonly imageGroup?: string;
  /** Documents with the same label were split from one PDF of that name. */
  readonly mixed?: string;
  /** Rows of a bank statement; default 6. About 1,200 in a book pass DynamoDB's item limit. */
  readonly transactions?: number;
  /** What `advance` lets Detect find; default `not_found`. */
  readonly detect?: DetectResult;
}

export interface BookSpec {
  readonly name?: string;
  readonly uuid?: string;
  /** Digits; may exceed 2^53. */
  readonly pk?: string;
  readonly xid?: string;
  /** Default `COMPLETE`. */
  readonly bookClass?: BookClass;
  /** The credentials may not see the book: code 2102. */
  readonly forbidden?: boolean;
  readonly documents?: readonly DocumentSpec[];
}

/** A document as Book status shows it. */
export interface ObservedDocument {
  readonly docUuid: string;
  /** Second uuid, under which results may be filed. Book status does not show it; an event may name both. */
  readonly otherUuid?: string | undefined;
  readonly docPk?: string | undefined;
  readonly name?: string | undefined;
  /** Ocrolus's spelling; an open list. */
  readonly status: string;
  /** How Ocrolus processes the document, if not as its book: it was upgraded. */
  readonly documentClass?: string | undefined;
  /** Hash of the stage's parameters for results of documents. */
  readonly parameters?: string | undefined;
  readonly rejectionReason?: string | undefined;
  readonly rejectionReasonDescription?: string | undefined;
  readonly pages?: number | undefined;
  readonly imageGroupPk?: string | undefined;
  readonly mixedDocPk?: string | undefined;
  /** A parent PDF that was split into documents: it has a status and no results of its own. */
  readonly mixed?: boolean | undefined;
}

/** Answer of Book status, and the time of the request. */
export interface BookObservation {
  /** Start of the request to Ocrolus, in ISO 8601 UTC with milliseconds. Orders observations. */
  readonly observedAt: string;
  readonly bookUuid: string;
  readonly bookPk?: string | undefined;
  readonly name?: string | undefined;
  readonly bookClass?: string | undefined;
  /** `VERIFIED` also for the older spelling `BOOK_COMPLETE` (docs/ocrolus.md#book-statuses). */
  readonly status: string;
  readonly documents: readonly ObservedDocument[];
  /** Hash of the parameters that the stage adds to calls. */
  readonly parameters?: string | undefined;
  /** Not all documents could be read: an unlisted document may still exist, and the book is not complete. */
  readonly isPartial?: boolean | undefined;
}

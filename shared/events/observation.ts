/** A document as Book status shows it. */
export interface ObservedDocument {
  readonly docUuid: string;
  /** Another uuid, under which its results may be filed: Book status does not show it, but an event may have named both. */
  readonly otherUuid?: string | undefined;
  readonly docPk?: string | undefined;
  readonly name?: string | undefined;
  /** As Ocrolus spells it; an open list. */
  readonly status: string;
  readonly rejectionReason?: string | undefined;
  readonly rejectionReasonDescription?: string | undefined;
  readonly pages?: number | undefined;
  readonly imageGroupPk?: string | undefined;
  readonly mixedDocPk?: string | undefined;
  /** A parent PDF that was split into documents: it has a status and no results of its own. */
  readonly mixed?: boolean | undefined;
}

/** What Book status said, and when the question was asked. */
export interface BookObservation {
  /** ISO 8601 UTC with milliseconds: when the request to Ocrolus started. Orders observations. */
  readonly observedAt: string;
  readonly bookUuid: string;
  readonly bookPk?: string | undefined;
  readonly name?: string | undefined;
  readonly bookClass?: string | undefined;
  /** `VERIFIED` also for the older spelling `BOOK_COMPLETE` (docs/ocrolus.md#book-statuses). */
  readonly status: string;
  readonly documents: readonly ObservedDocument[];
  /** Not all documents could be read: an unlisted document may still exist, and the book is not complete. */
  readonly isPartial?: boolean | undefined;
}

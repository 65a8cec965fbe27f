import * as z from 'zod/mini';

/**
 * Events that a stage publishes on EventBridge, by `detail-type` (docs/published-events.md). Members may be added to a version;
 * a change of another kind makes a new one. Schemas are open, so that readers of this version accept what a later one adds.
 */

/** ISO 8601 UTC with milliseconds. */
const time = z.iso.datetime({ precision: 3 });

const common = {
  version: z.literal(1),
  /** Id of the change in the table's stream. An event that is published again has the same one. */
  changeId: z.string(),
  stage: z.string(),
  /** The book's uuid, and partition key. */
  bookId: z.string(),
  /** Number that grows each time a finished book is reopened; of a result, also with each other body. */
  generation: z.int(),
};

const ofBook = {
  /** Account whose credentials show the book. */
  account: z.string(),
  bookPk: z.optional(z.string()),
};

/** The status of a book has changed; also to DELETED and NOT_FOUND. */
export const BookStatusChanged = z.looseObject({
  ...common,
  ...ofBook,
  /** Ocrolus's spelling. */
  status: z.string(),
  /** Absent: the first one. */
  previousStatus: z.optional(z.string()),
  changedAt: time,
});

/** A result is stored whose body is new, or another one than before. */
export const ResultStored = z.looseObject({
  ...common,
  /** An open list (docs/events.md). */
  kind: z.string(),
  /** Uuid of the book or document, or id of the request or business. */
  subject: z.string(),
  /** SHA-256 of the body as received, in hex. Of a result in several pages, of the first one. */
  sha256: z.string(),
  /** Media type of a file. Absent: JSON. */
  contentType: z.optional(z.string()),
  fetchedAt: time,
});

/** A book has everything that the stage's policies ask for, with other contents than when it last had. */
export const BookComplete = z.looseObject({ ...common, ...ofBook, status: z.string(), completeAt: time });

export const PUBLISHED_EVENTS = {
  'book.status_changed': BookStatusChanged,
  'result.stored': ResultStored,
  'book.complete': BookComplete,
} as const;

export type PublishedType = keyof typeof PUBLISHED_EVENTS;

/** An event with its type, as a rule's target gets it in `detail-type` and `detail`. */
export type PublishedEvent = {
  [T in PublishedType]: { readonly type: T; readonly detail: z.infer<(typeof PUBLISHED_EVENTS)[T]> };
}[PublishedType];

/** The `source` of every event. */
export const EVENT_SOURCE = 'ocrolus-webhooks';

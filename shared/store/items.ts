import * as z from 'zod';
import type { Channel } from '../events/channels.ts';
import type { ResultKind } from '../events/result-kinds.ts';
import { isoTime } from '../json/iso-time.ts';

/** Items must stay readable after a rollback: so enums are open here, and objects keep attributes that are unknown. */
const word = <Word extends string>() => z.string() as unknown as z.ZodType<Word>;

/** The attributes that this version knows. Others exist too, and are written back unchanged. */
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] };

/** Progress of one part of Ocrolus's work, and its time. `state` is an open list. */
export const Progress = z.object({
  state: z.string(),
  at: isoTime,
  /** Reason why it stopped, if Ocrolus gives one. */
  reason: z.string().optional(),
});

export type Progress = z.infer<typeof Progress>;

/** `BOOK`: the current state of a book. Attributes marked internal may change without notice. */
export const BookItem = z.looseObject({
  bookId: z.string(),
  item: z.literal('BOOK'),
  bookUuid: z.string().optional(),
  bookPk: z.string().optional(),
  /** Account whose credentials have shown the book; before that, the account to be tried next. */
  account: z.string(),
  name: z.string().optional(),
  /**
   * Ocrolus's spelling; absent while only an event has named the book. `NOT_FOUND`: Ocrolus has said for hours that
   * there is no such book. `FORGOTTEN`: its data was removed permanently, see `forgottenAt`.
   */
  status: z.string().optional(),
  bookClass: z.string().optional(),
  /** The lender's own key, and Ocrolus's type of the book, from the account's list of books or from Book info. */
  xid: z.string().optional(),
  bookType: z.string().optional(),
  /** Incremented each time a finished book is reopened. */
  generation: z.int(),
  observedAt: isoTime.optional(),
  updatedAt: isoTime,
  createdAt: isoTime,
  source: word<'webhook' | 'poll'>(),
  capture: Progress.optional(),
  analytics: Progress.optional(),
  detect: Progress.optional(),
  income: Progress.optional(),
  completed: Progress.optional(),
  /** Number of documents by status. */
  documents: z.record(z.string(), z.int()).optional(),
  /**
   * True if everything that the stage's policies ask for is stored or was permanently refused. Absent while only an
   * event has named the book, and from a deleted one.
   */
  complete: z.boolean().optional(),
  /** Time at which it became complete with this status, this generation and these bodies. */
  completeAt: isoTime.optional(),
  /** Kinds of results that are still missing. */
  open: z.array(word<ResultKind>()).optional(),
  /** Time at which the book's data was removed permanently. Only its ids and the ledger without payloads are left. */
  forgottenAt: isoTime.optional(),
  /** Unix seconds at which DynamoDB removes the item. Absent if the stage sets no limit, and from a forgotten book. */
  expiresAt: z.int().optional(),

  /** Internal: number of writes of this item; each write is conditional on it. */
  revision: z.int().optional(),
  /** Internal: hash of the status, the documents and their statuses, as last observed. */
  digest: z.string().optional(),
  /** Internal: hash of the parameters that the stage adds to calls. Absent: none. */
  parameters: z.string().optional(),
  /** Internal: the last `completeAt`, and a hash of what the book had then. */
  lastComplete: z.object({ at: isoTime, digest: z.string() }).optional(),
  /** Internal: time since which the book has had this digest. */
  changedAt: isoTime.optional(),
  /** Internal: time since which the book has been finished, within this generation. */
  endedAt: isoTime.optional(),
  /** Internal: the last observation could not read all documents, or did not show what an event announces. */
  partial: z.boolean().optional(),
  /** Internal: at least one document has results. */
  hasResults: z.boolean().optional(),
  /**
   * Internal: time of a look that takes place whatever else is concluded: a message about the book was received
   * twice, and may still be processed, or an operator asks for a comparison.
   */
  again: isoTime.optional(),
  /** Internal: Ocrolus refuses to show the book. */
  refused: z
    .object({
      code: z.string(),
      since: isoTime,
      count: z.int(),
      /** The account is no longer served: the book may belong to any other one. */
      elsewhere: z.boolean().optional(),
      notFound: z.object({ since: isoTime, accounts: z.array(z.string()) }).optional(),
    })
    .optional(),
  /** Internal: Book info was asked for, because no list of books is read. */
  hasInfo: z.boolean().optional(),
  /** Internal: the book has not changed for the horizon, and was counted as stuck. */
  stuck: z.boolean().optional(),
  dueShard: z.string().optional(),
  dueAt: isoTime.optional(),
});

export type BookItem = Known<z.infer<typeof BookItem>>;

/** `DOC#<docUuid>`: the current state of a document. */
export const DocumentItem = z.looseObject({
  bookId: z.string(),
  item: z.string().startsWith('DOC#'),
  docUuid: z.string(),
  docPk: z.string().optional(),
  /** Internal: second uuid from an event, under which the forms may be filed. */
  otherUuid: z.string().optional(),
  name: z.string().optional(),
  /** Ocrolus's spelling. `UNLISTED`: Book status no longer lists the document. */
  status: z.string(),
  /** How Ocrolus processes the document, if not as its book: it was upgraded. */
  documentClass: z.string().optional(),
  rejectionReason: z.string().optional(),
  /** In words, if Ocrolus gives them. */
  rejectionReasonDescription: z.string().optional(),
  pages: z.int().optional(),
  imageGroupPk: z.string().optional(),
  /** True for a parent PDF that was split into documents. */
  mixed: z.boolean().optional(),
  observedAt: isoTime,
  /** Generation of the book when the document was observed. */
  generation: z.int(),
  detect: Progress.optional(),
  /** Unix seconds at which DynamoDB removes the item. Absent if the stage sets no limit. */
  expiresAt: z.int().optional(),
  /** Internal: hash of the parameters that the stage adds to calls for results of documents. Absent: none. */
  parameters: z.string().optional(),
  /** Internal: number of writes of this item; each write is conditional on it. */
  revision: z.int(),
});

export type DocumentItem = Known<z.infer<typeof DocumentItem>>;

/** Position of an item in a set of pages. */
export const PageSet = z.object({
  id: z.string(),
  /** On the first page: number of pages in the set, including this one. Written once all of them are stored. */
  pages: z.int().optional(),
  /** Internal, on the first page: hash of the others. It changes with any page, even if the first one stays the same. */
  others: z.string().optional(),
  /** On other pages: number of rows before this page. */
  offset: z.int().optional(),
  /** On other pages, internal: number of rows in this page, and data for continuing an unfinished set. */
  rows: z.int().optional(),
  first: z.string().optional(),
});

export type PageSet = z.infer<typeof PageSet>;

/** `RESULT#<kind>#<subject>`: a result body, or its location. */
export const ResultItem = z.looseObject({
  bookId: z.string(),
  item: z.string().startsWith('RESULT#'),
  kind: word<ResultKind>(),
  /** Uuid of the book or document, or id of the request or business; a part of it after `@`. */
  subject: z.string(),
  /** The vendor's operationId. */
  operation: z.string(),
  /** Start of the request. */
  fetchedAt: isoTime,
  /** Internal: mark of that request (`Entry.wanted`). */
  answered: z.number().optional(),
  /** Generation of the book, or higher if the body changed within it. Each number identifies one body permanently. */
  generation: z.int(),
  /** Length of the body as received. */
  bytes: z.int(),
  /** SHA-256 of the body as received, in hex. */
  sha256: z.string(),
  encoding: z.literal('gzip'),
  /** Media type of the body before gzip, of a file: `application/pdf`. Absent: JSON. */
  contentType: z.string().optional(),
  body: z.instanceof(Uint8Array).optional(),
  s3: z.object({ bucket: z.string(), key: z.string() }).optional(),
  summary: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Unix seconds at which DynamoDB removes the item. Absent if the stage sets no limit. */
  expiresAt: z.int().optional(),
  /** In a result of several pages: the set that this page belongs to (docs/decisions/0021). */
  set: PageSet.optional(),
});

export type ResultItem = Known<z.infer<typeof ResultItem>>;

/** The outcome of a delivery. */
export const Outcome = z.enum([
  /** Observed and written. */
  'applied',
  /** Already known. */
  'unchanged',
  /** Something newer was stored already. */
  'stale',
  /** Something is still missing, see the checklist; the poller continues. */
  'waiting',
  /** Ocrolus cannot be asked about it; `reason` says why. */
  'refused',
  /** Kept as received: the event is unknown. */
  'unrecognized',
  /** The book's data was removed permanently: nothing was asked for, and the payload was not kept. */
  'forgotten',
  /** Not processed yet: it failed, with `codes`, and is being retried or is in the dead-letter queue. */
  'retrying',
]);

export type Outcome = z.infer<typeof Outcome>;

/** `EVENT#<receivedAt>#<deliveryId>`: the ledger. */
export const EventItem = z.looseObject({
  bookId: z.string(),
  item: z.string().startsWith('EVENT#'),
  /** In the partition `account`: book of the document that the event names, if Ocrolus has named it. */
  bookUuid: z.string().optional(),
  deliveryId: z.string(),
  eventName: z.string(),
  channel: word<Channel>(),
  account: z.string(),
  source: word<'webhook' | 'poll'>(),
  receivedAt: isoTime,
  /** Time at which the delivery was finished, or failed last. */
  processedAt: isoTime,
  outcome: word<Outcome>(),
  reason: z.string().optional(),
  /** Code of each failed attempt, oldest first; only the latest ones if there are many. */
  codes: z.array(z.string()).optional(),
  /** Number of times that SQS had delivered it. */
  attempts: z.int(),
  /** Keys of what the last attempt stored, or changed. Absent until it is finished, and from entries of 0.2 and earlier. */
  written: z.array(z.string()).optional(),
  /** Keys of results that the delivery announces, and that were stored already. Absent: none. */
  alreadyStored: z.array(z.string()).optional(),
  /** Number of further keys, which neither list has. Absent: none. */
  unlisted: z.int().optional(),
  /** Body as received: text, bytes that are no text, or its location. Absent for `poll`, and from a forgotten book. */
  payload: z
    .union([z.string(), z.instanceof(Uint8Array), z.object({ bucket: z.string(), key: z.string() })])
    .optional(),
  /** Unix seconds at which DynamoDB removes the item. */
  expiresAt: z.int(),
});

export type EventItem = Known<z.infer<typeof EventItem>>;

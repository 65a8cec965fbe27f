import * as z from 'zod';
import type { Channel } from '../events/channels.ts';
import type { ResultKind } from '../events/result-kinds.ts';
import { isoTime } from '../iso-time.ts';

/**
 * Items are read as a version can read them that is rolled back: a word that it does not know is kept, and so is an
 * attribute. So words are open lists here, and objects are loose.
 */
const word = <Word extends string>() => z.string() as unknown as z.ZodType<Word>;

/** The attributes that this version knows. The others are there, too, and are written back as they were. */
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] };

/** The progress of one part of Ocrolus's work, and when it was asked for. `state` is an open list. */
export const Progress = z.object({
  state: z.string(),
  at: isoTime,
  /** Why it stopped, where Ocrolus says so. */
  reason: z.string().optional(),
});

export type Progress = z.infer<typeof Progress>;

/** `BOOK`: the current state of a book. Attributes marked internal may change without notice. */
export const BookItem = z.looseObject({
  bookId: z.string(),
  item: z.literal('BOOK'),
  bookUuid: z.string().optional(),
  bookPk: z.string().optional(),
  /** Whose credentials have shown the book. Before: which are tried next. */
  account: z.string(),
  name: z.string().optional(),
  /**
   * As Ocrolus spells it; absent while only an event has named the book. `NOT_FOUND`: Ocrolus has said for hours that
   * there is no such book. `FORGOTTEN`: its data was removed permanently, see `forgottenAt`.
   */
  status: z.string().optional(),
  bookClass: z.string().optional(),
  /** The lender's own key, and Ocrolus's type of the book: as the account's list of books has them. */
  xid: z.string().optional(),
  bookType: z.string().optional(),
  /** Counts up each time a finished book is reopened. */
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
   * Whether everything that the stage's policies ask for is stored or was permanently refused. Absent while
   * only an event has named the book, and for a deleted one.
   */
  complete: z.boolean().optional(),
  /** When it became complete. */
  completeAt: isoTime.optional(),
  /** The kinds of results that are still missing. */
  open: z.array(word<ResultKind>()).optional(),
  /** When the book's data was removed permanently. All that is left are its ids and the ledger without payloads. */
  forgottenAt: isoTime.optional(),
  /** Unix seconds: DynamoDB removes the item then. Absent where the stage sets no limit, and once it is forgotten. */
  expiresAt: z.int().optional(),

  /** Internal: counts the writes of this item; each is conditional on it. */
  revision: z.int().optional(),
  /** Internal: a hash of the status, the documents and their statuses, as observed last. */
  digest: z.string().optional(),
  /** Internal: since when the book has had this digest. */
  changedAt: isoTime.optional(),
  /** Internal: since when the book has been finished, within this generation. */
  endedAt: isoTime.optional(),
  /** Internal: not all documents could be read at the last observation, or an event announces what it did not show. */
  partial: z.boolean().optional(),
  /** Internal: some document has results. */
  hasResults: z.boolean().optional(),
  /**
   * Internal: the book is looked at then, whatever else is concluded: a message about it was received twice, and may still be at
   * work, or an operator asks for a comparison.
   */
  again: isoTime.optional(),
  /** Internal: Ocrolus refuses to show the book. */
  refused: z
    .object({
      code: z.string(),
      since: isoTime,
      count: z.int(),
      /** Its account is no longer served: the book may belong to any of the others. */
      elsewhere: z.boolean().optional(),
      notFound: z.object({ since: isoTime, accounts: z.array(z.string()) }).optional(),
    })
    .optional(),
  /** Internal: Book info was asked for, where no list of books is read. */
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
  /** Internal: another uuid that an event has given, under which its forms may be filed. */
  otherUuid: z.string().optional(),
  name: z.string().optional(),
  /** As Ocrolus spells it. `UNLISTED`: Book status no longer lists the document. */
  status: z.string(),
  rejectionReason: z.string().optional(),
  /** In words, where Ocrolus gives them. */
  rejectionReasonDescription: z.string().optional(),
  pages: z.int().optional(),
  imageGroupPk: z.string().optional(),
  /** True for a parent PDF that was split into documents. */
  mixed: z.boolean().optional(),
  observedAt: isoTime,
  /** The book's, when the document was observed. */
  generation: z.int(),
  detect: Progress.optional(),
  /** Unix seconds: DynamoDB removes the item then. Absent where the stage sets no limit. */
  expiresAt: z.int().optional(),
  /** Internal: counts the writes of this item; each is conditional on it. */
  revision: z.int(),
});

export type DocumentItem = Known<z.infer<typeof DocumentItem>>;

/** Which page of which set an item is. */
export const PageSet = z.object({
  id: z.string(),
  /** On the first page: how many pages the set has, this one included. It is there once all of them are. */
  pages: z.int().optional(),
  /** Internal, on the first page: a hash of the others. Where it differs, so does the result, though the first page is the same. */
  others: z.string().optional(),
  /** On the others: the rows before this page. */
  offset: z.int().optional(),
  /** On the others, internal: the rows of this page, and what is needed to continue an unfinished set. */
  rows: z.int().optional(),
  first: z.string().optional(),
});

export type PageSet = z.infer<typeof PageSet>;

/** `RESULT#<kind>#<subject>`: a result body, or where it is. */
export const ResultItem = z.looseObject({
  bookId: z.string(),
  item: z.string().startsWith('RESULT#'),
  kind: word<ResultKind>(),
  /** The uuid of the book or document, or the id of the request; a part of it after `@`. */
  subject: z.string(),
  /** The vendor's operationId. */
  operation: z.string(),
  /** When the request for it started. */
  fetchedAt: isoTime,
  /** Internal: the mark of that request (`Entry.wanted`). */
  answered: z.number().optional(),
  /** The book's generation; higher where the body changed within it. Each number has one body, permanently. */
  generation: z.int(),
  /** Length of the body as received. */
  bytes: z.int(),
  /** Of the body as received, in hex. */
  sha256: z.string(),
  encoding: z.literal('gzip'),
  body: z.instanceof(Uint8Array).optional(),
  s3: z.object({ bucket: z.string(), key: z.string() }).optional(),
  summary: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Unix seconds: DynamoDB removes the item then. Absent where the stage sets no limit. */
  expiresAt: z.int().optional(),
  /** Of a result in several pages: the set that this page belongs to (docs/decisions/0020). */
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
  /** Nothing of it can be asked for; `reason` says why. */
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
  /** In the partition `account`: the book of the document that the event names, where Ocrolus has named it. */
  bookUuid: z.string().optional(),
  deliveryId: z.string(),
  eventName: z.string(),
  channel: word<Channel>(),
  account: z.string(),
  source: word<'webhook' | 'poll'>(),
  receivedAt: isoTime,
  /** When it was finished, or failed last. */
  processedAt: isoTime,
  outcome: word<Outcome>(),
  reason: z.string().optional(),
  /** The code of each attempt that failed, oldest first; the latest ones where there are many. */
  codes: z.array(z.string()).optional(),
  /** How many times SQS had delivered it. */
  attempts: z.int(),
  /** The body as received: text, bytes that are no text, or where it is. Absent for `poll`, and of a forgotten book. */
  payload: z
    .union([z.string(), z.instanceof(Uint8Array), z.object({ bucket: z.string(), key: z.string() })])
    .optional(),
  /** Unix seconds: DynamoDB removes it then. */
  expiresAt: z.int(),
});

export type EventItem = Known<z.infer<typeof EventItem>>;

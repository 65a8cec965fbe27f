import * as z from 'zod';
import { RESULT_KINDS } from '../events/catalog.ts';
import { CHANNELS } from '../events/channels.ts';
import { EventIds } from '../events/ids.ts';
import { EXPECTABLE } from '../events/poll-events.ts';

/** ISO 8601 UTC with milliseconds: sorts as text. */
const time = z.iso.datetime({ precision: 3 });

/** How far one strand of Ocrolus's work has come, and when we asked. `state` is an open list. */
export const Progress = z.object({
  state: z.string(),
  at: time,
  /** Why it did not come further, where Ocrolus says so. */
  reason: z.string().optional(),
});

export type Progress = z.infer<typeof Progress>;

/** `BOOK`: the book now. Attributes marked internal may change without notice. */
export const BookItem = z.object({
  bookId: z.string(),
  item: z.literal('BOOK'),
  bookUuid: z.string().optional(),
  bookPk: z.string().optional(),
  account: z.string(),
  name: z.string().optional(),
  /** As Ocrolus spells it; absent while only an event has named the book. */
  status: z.string().optional(),
  bookClass: z.string().optional(),
  /** Counts up each time a verified book is reopened. */
  generation: z.int(),
  observedAt: time.optional(),
  updatedAt: time,
  createdAt: time,
  source: z.enum(['webhook', 'poll']),
  capture: Progress.optional(),
  analytics: Progress.optional(),
  detect: Progress.optional(),
  income: Progress.optional(),
  completed: Progress.optional(),
  /** Number of documents by status. */
  documents: z.record(z.string(), z.int()).optional(),
  /** Internal: which documents the book had when last seen. */
  documentSet: z.string().optional(),
  /** Internal: when the book was seen reopened, which began its generation. */
  reopenedAt: time.optional(),
  /** Internal: since when the book has been seen verified as it is; absent while it is not. */
  verifiedAt: time.optional(),
  /** Internal: strands that the book had before it was reopened; the poller looks for them again. */
  expected: z.array(z.enum(EXPECTABLE)).optional(),
  /** Internal: some result is being waited for. */
  waiting: z.boolean().optional(),
  /** Internal: the poller's memory: how the book looked, and since when it has looked so. */
  poll: z
    .object({
      fingerprint: z.string(),
      since: time.optional(),
      checked: z.boolean(),
      asked: z.int().optional(),
    })
    .optional(),
  /** Internal: since when the poller has nothing left to look for. */
  settledAt: time.optional(),
  dueShard: z.string().optional(),
  dueAt: time.optional(),
});

export type BookItem = z.infer<typeof BookItem>;

/** `DOC#<docUuid>`: one document now. */
export const DocumentItem = z.object({
  bookId: z.string(),
  item: z.string().startsWith('DOC#'),
  docUuid: z.string(),
  docPk: z.string().optional(),
  name: z.string().optional(),
  /** Absent while only an event has named the document. */
  status: z.string().optional(),
  rejectionReason: z.string().optional(),
  pages: z.int().optional(),
  imageGroupPk: z.string().optional(),
  /** True for a parent PDF that was split into documents. */
  mixed: z.boolean().optional(),
  observedAt: time.optional(),
  generation: z.int(),
  detect: Progress.optional(),
  /**
   * When its forms and transactions were stored, as far as Ocrolus gives them; absent before that, and after
   * it went back to work.
   */
  capturedAt: time.optional(),
});

export type DocumentItem = z.infer<typeof DocumentItem>;

/** `RESULT#<kind>#<subject>`: a result body, or where it is. */
export const ResultItem = z.object({
  bookId: z.string(),
  item: z.string().startsWith('RESULT#'),
  kind: z.enum(RESULT_KINDS),
  /** The uuid of the book or document, or the id of the request; a part of it after `@`. */
  subject: z.string(),
  /** The vendor's operationId. */
  operation: z.string(),
  /** When the request for it started. */
  fetchedAt: time,
  /** The book's generation; more where the body changed within it. One body for ever. */
  generation: z.int(),
  /** Length of the body as received. */
  bytes: z.int(),
  /** Of the body as received, in hex. */
  sha256: z.string(),
  encoding: z.literal('gzip'),
  body: z.instanceof(Uint8Array).optional(),
  s3: z.object({ bucket: z.string(), key: z.string() }).optional(),
  summary: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

export type ResultItem = z.infer<typeof ResultItem>;

/** What became of a delivery. */
export const Outcome = z.enum([
  /** Observed and written. */
  'applied',
  /** Already known. */
  'unchanged',
  /** Something newer was stored already. */
  'stale',
  /** Ocrolus is not ready; the poller comes back for it. */
  'waiting',
  /** Permanently impossible; `reason` has Ocrolus's code. */
  'refused',
  /** Kept as it is: we do not know this event. */
  'unrecognized',
]);

export type Outcome = z.infer<typeof Outcome>;

/** `EVENT#<receivedAt>#<deliveryId>`: the ledger. */
export const EventItem = z.object({
  bookId: z.string(),
  item: z.string().startsWith('EVENT#'),
  deliveryId: z.string(),
  eventName: z.string(),
  channel: z.enum(CHANNELS),
  account: z.string(),
  source: z.enum(['webhook', 'poll']),
  receivedAt: time,
  processedAt: time,
  outcome: Outcome,
  reason: z.string().optional(),
  /** How many times SQS had delivered it. */
  attempts: z.int(),
  /** The body as received: text, bytes that are no text, or where it is. Absent for `poll`. */
  payload: z
    .union([z.string(), z.instanceof(Uint8Array), z.object({ bucket: z.string(), key: z.string() })])
    .optional(),
  /** Unix seconds: DynamoDB removes it then. */
  expiresAt: z.int(),
});

export type EventItem = z.infer<typeof EventItem>;

/** `WAIT#<channel>#<subject>`: internal; a result that Ocrolus did not have yet. */
export const WaitItem = z.object({
  bookId: z.string(),
  item: z.string().startsWith('WAIT#'),
  account: z.string(),
  channel: z.enum(CHANNELS),
  eventName: z.string(),
  ids: EventIds,
  jobs: z.record(z.string(), z.string()).optional(),
  since: time,
  attempts: z.int(),
  waitUntil: time,
});

export type WaitItem = z.infer<typeof WaitItem>;

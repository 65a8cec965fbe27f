import * as z from 'zod';
import { CHANNELS } from './channels.ts';
import { EventIds } from './ids.ts';
import { RESULT_KINDS } from './result-kinds.ts';

/** Where the raw body of a delivery is. */
export const Payload = z.discriminatedUnion('encoding', [
  z.object({ encoding: z.literal('utf8'), body: z.string() }),
  /** Bytes that are not valid UTF-8: they were signed, so they are kept as they are. */
  z.object({ encoding: z.literal('base64'), body: z.string() }),
  /** Too large for a queue message. */
  z.object({ encoding: z.literal('s3'), bucket: z.string(), key: z.string(), bytes: z.int() }),
]);

export type Payload = z.infer<typeof Payload>;

/** A document as Book status shows it, carried by a poll message so that the consumer need not ask again. */
export const ObservedDocument = z.object({
  docUuid: z.string(),
  docPk: z.string().optional(),
  name: z.string().optional(),
  /** As Ocrolus spells it; an open list. */
  status: z.string(),
  rejectionReason: z.string().optional(),
  rejectionReasonDescription: z.string().optional(),
  pages: z.int().optional(),
  imageGroupPk: z.string().optional(),
  mixedDocPk: z.string().optional(),
  /** A parent PDF that was split into documents: it has a status and no results of its own. */
  mixed: z.boolean().optional(),
});

export type ObservedDocument = z.infer<typeof ObservedDocument>;

/** One result to ask for. `subject`: the uuid of the book or document, or the id of a request or business. */
export const Want = z.object({ kind: z.enum(RESULT_KINDS), subject: z.string() }).readonly();

export type Want = z.infer<typeof Want>;

/** What Book status said, and when the question was asked. */
export const BookObservation = z.object({
  /** ISO 8601 UTC with milliseconds: when the request to Ocrolus started. Orders observations. */
  observedAt: z.string(),
  bookUuid: z.string(),
  bookPk: z.string().optional(),
  name: z.string().optional(),
  bookClass: z.string().optional(),
  /** `VERIFIED` also for the older spelling `BOOK_COMPLETE` (docs/ocrolus.md#book-statuses). */
  status: z.string(),
  documents: z.array(ObservedDocument),
  /** Not all documents could be read: an unlisted document may still exist, and the book is not complete. */
  isPartial: z.boolean().optional(),
});

export type BookObservation = z.infer<typeof BookObservation>;

/** The queue message: one per delivery, and one per thing that the poller found missing. */
export const Envelope = z.object({
  version: z.literal(1),
  /** `Webhook-Request-Id`, or a generated id where there is none. */
  deliveryId: z.string(),
  account: z.string(),
  source: z.enum(['webhook', 'poll']),
  /** ISO 8601 UTC with milliseconds: when the webhook received it, or the poller sent it. */
  receivedAt: z.string(),
  /** The catalog's spelling, or as sent when the catalog does not know it. */
  eventName: z.string(),
  channel: z.enum(CHANNELS),
  ids: EventIds,
  /** The body's own `status`. A hint only. */
  status: z.string().optional(),
  unrecognized: z.string().optional(),
  payload: Payload.optional(),
  observation: BookObservation.optional(),
  /** Requeued by the consumer: the ledger may have failed attempts of it. */
  repeated: z.boolean().optional(),
  /** What the poller found missing. Events of Ocrolus name results by their catalog entry. */
  wants: z.array(Want).optional(),
  /** When the poller sent it: a message that is older than the book's last round is superseded. */
  sentAt: z.string().optional(),
  /** An operator asks for missing results, whether due or not. */
  urgent: z.boolean().optional(),
  /** Kinds of which this message may make the one call of an open circuit. */
  canaries: z.array(z.enum(RESULT_KINDS)).optional(),
});

export type Envelope = z.infer<typeof Envelope>;

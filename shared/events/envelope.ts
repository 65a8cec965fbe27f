import * as z from 'zod';
import { CHANNELS } from './channels.ts';

/** The ids that an event carries, normalised. Every one may be missing (docs/ocrolus.md#event-fields). */
export const EventIds = z.object({
  bookUuid: z.string().optional(),
  bookPk: z.string().optional(),
  docUuid: z.string().optional(),
  uploadedDocUuid: z.string().optional(),
  uploadedDocPk: z.string().optional(),
  mixedDocUuid: z.string().optional(),
  mixedDocPk: z.string().optional(),
  imageGroupUuid: z.string().optional(),
  imageGroupPk: z.string().optional(),
  analyticsRequestId: z.string().optional(),
  businessUuid: z.string().optional(),
});

export type EventIds = z.infer<typeof EventIds>;

/** Where the raw body of a delivery is. */
export const Payload = z.discriminatedUnion('encoding', [
  z.object({ encoding: z.literal('utf8'), body: z.string() }),
  /** Bytes that are not valid UTF-8: they were signed, so they are kept as they are. */
  z.object({ encoding: z.literal('base64'), body: z.string() }),
  /** Too large for a queue message. */
  z.object({ encoding: z.literal('s3'), bucket: z.string(), key: z.string(), bytes: z.int() }),
]);

export type Payload = z.infer<typeof Payload>;

/** The queue message: one per delivery, and one per look that the poller hands over (docs/design.md#the-poller). */
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
  /** Of a look: an operator asks, so nothing waits until it is due. */
  urgent: z.boolean().optional(),
});

export type Envelope = z.infer<typeof Envelope>;

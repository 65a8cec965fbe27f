import * as z from 'zod';
import { CHANNELS } from './channels.ts';

/** Normalised ids of an event. Any of them may be missing (docs/ocrolus.md#event-fields). */
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

/** Location of a delivery's raw body. */
export const Payload = z.discriminatedUnion('encoding', [
  z.object({ encoding: z.literal('utf8'), body: z.string() }),
  /** Bytes that are not valid UTF-8. They were signed, so they are kept unchanged. */
  z.object({ encoding: z.literal('base64'), body: z.string() }),
  /** In S3, because the body is too large for a queue message. */
  z.object({ encoding: z.literal('s3'), bucket: z.string(), key: z.string(), bytes: z.int() }),
]);

export type Payload = z.infer<typeof Payload>;

/** The queue message: one per delivery, and one per look that the poller hands over (docs/design.md#the-poller). */
export const Envelope = z.object({
  version: z.literal(1),
  /** `Webhook-Request-Id`, or a generated id if the header is missing. */
  deliveryId: z.string(),
  account: z.string(),
  source: z.enum(['webhook', 'poll']),
  /** Time at which the webhook received the event, or the poller sent the look; ISO 8601 UTC with milliseconds. */
  receivedAt: z.string(),
  /** Spelling of the catalog, or as sent if the catalog does not know the name. */
  eventName: z.string(),
  channel: z.enum(CHANNELS),
  ids: EventIds,
  /** The body's own `status`, as a hint only. */
  status: z.string().optional(),
  unrecognized: z.string().optional(),
  payload: Payload.optional(),
  /** Set on a look that an operator requests: nothing waits until it is due. */
  urgent: z.boolean().optional(),
});

export type Envelope = z.infer<typeof Envelope>;

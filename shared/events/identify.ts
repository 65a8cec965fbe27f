import { canonicalName, catalogEntry, type EventName, findEventName } from './catalog.ts';
import type { Channel } from './channels.ts';
import type { Envelope, EventIds, Payload } from './envelope.ts';
import { parseJsonKeepingDigits } from './json.ts';
import { namesAnything, readIds } from './read-ids.ts';

/** Result of identifying a webhook body. */
export type Identified =
  /** The registration test, which is no event: answered, and not queued. */
  | { readonly kind: 'ping' }
  | {
      readonly kind: 'event';
      /**
       * Spelling of the catalog; as sent if the catalog does not know it; {@link NOT_A_NAME} if it is no name; {@link
       * NO_NAME} if there is none.
       */
      readonly eventName: string;
      readonly channel: Channel;
      readonly ids: EventIds;
      readonly status?: string;
      /** Reason for the channel `unrecognized`. */
      readonly unrecognized?: UnrecognizedReason;
    };

export type UnrecognizedReason = 'not-utf8' | 'not-json' | 'not-an-object' | 'no-name' | 'unknown-name';

/** Replaces the missing name of an event. */
export const NO_NAME = '(none)';

/** Replaces text that is not a name. The body keeps the text. */
export const NOT_A_NAME = '(not a name)';

/** Names are logged, so only identifiers are accepted. */
const NAME = /^[a-z_][\w.]*$/i;

/** Longer names and statuses are cut: they go into logs, metrics, the ledger and a message of limited size. */
const MAX_WORD_LENGTH = 128;

/**
 * Identifies the event that a signed body announces: by `event_name`, else `event`, else by `status` (docs/ocrolus.md#naming-key).
 * Never throws: a body that cannot be understood is an event of the channel `unrecognized`.
 */
export function identify(rawBody: Uint8Array): Identified {
  const text = decodeUtf8(rawBody);
  if (text === undefined) return unrecognized('not-utf8');
  let body: unknown;
  try {
    body = parseJsonKeepingDigits(text);
  } catch {
    return unrecognized('not-json');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return unrecognized('not-an-object');
  return identifyObject(body as Record<string, unknown>);
}

function identifyObject(body: Record<string, unknown>): Identified {
  const ids = readIds(body);
  const status = nonBlank(body.status)?.slice(0, MAX_WORD_LENGTH);
  const sentName = nonBlank(body.event_name) ?? nonBlank(body.event);
  const name = sentName === undefined ? inferFromStatus(status, ids) : findEventName(sentName);
  const common = { kind: 'event', ids, ...(status !== undefined && { status }) } as const;

  if (name !== undefined) return { ...common, eventName: name, channel: catalogEntry(name).channel };
  if (sentName !== undefined) {
    const eventName = safeName(canonicalName(sentName));
    return { ...common, eventName, channel: 'unrecognized', unrecognized: 'unknown-name' };
  }
  if (isTestPing(body, status)) return { kind: 'ping' };
  return { ...common, eventName: NO_NAME, channel: 'unrecognized', unrecognized: 'no-name' };
}

function safeName(sent: string): string {
  if (sent === '') return NO_NAME;
  return NAME.test(sent) ? sent.slice(0, MAX_WORD_LENGTH) : NOT_A_NAME;
}

/** Used only without a name: `BOOK_COMPLETE` is also the status in `book.completed` (docs/ocrolus.md#naming-key). */
function inferFromStatus(status: string | undefined, ids: EventIds): EventName | undefined {
  if (status === 'BOOK_COMPLETE') return 'BOOK_VERIFIED';
  const isDocumentEnd = status === 'VERIFICATION_COMPLETE' || status === 'REJECTED';
  return isDocumentEnd && ids.uploadedDocPk !== undefined ? 'DOC_VERIFIED' : undefined;
}

/**
 * True for `{"status":"VERIFICATION_COMPLETE","uploaded_doc_pk":0,"book_pk":0}` (docs/ocrolus.md#test-ping). A body
 * with any other id is an event, because a ping is dropped.
 */
function isTestPing(body: Record<string, unknown>, status: string | undefined): boolean {
  const hasZeroPks = isZero(body.uploaded_doc_pk) && isZero(body.book_pk);
  return status === 'VERIFICATION_COMPLETE' && hasZeroPks && !namesAnything(body);
}

function isZero(value: unknown): boolean {
  return value === 0 || value === '0';
}

function nonBlank(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

function unrecognized(reason: UnrecognizedReason): Identified {
  return { kind: 'event', eventName: NO_NAME, channel: 'unrecognized', ids: {}, unrecognized: reason };
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns `undefined` when the bytes are not valid UTF-8. A byte order mark is kept: the text is the bytes. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Builds the queue message of an event that Ocrolus has announced. */
export function toEnvelope(
  { eventName, channel, ids, status, unrecognized }: Extract<Identified, { kind: 'event' }>,
  delivery: Pick<Envelope, 'deliveryId' | 'account' | 'source' | 'receivedAt'> & {
    readonly payload: Payload;
  },
): Envelope {
  const { payload, ...rest } = delivery;
  return {
    version: 1,
    ...rest,
    eventName,
    channel,
    ids,
    ...(status !== undefined && { status }),
    ...(unrecognized !== undefined && { unrecognized }),
    payload,
  };
}

import * as z from 'zod';

const HEX_UUID = /^[0-9a-f]{32}$/;
/** Longer than any id seen; keeps a hostile or broken body from making an impossible DynamoDB key. */
const MAX_ID_LENGTH = 128;

/**
 * Normalises an id of Ocrolus: lower case, dashed when it is 32 hex digits. Anything else is kept as it is,
 * since the vendor's own samples carry ids that are no valid uuids (domain reference section 2).
 *
 * @returns `undefined` when there is no id: not a string, blank, or longer than 128 characters.
 */
export function normaliseUuid(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const id = value.trim().toLowerCase();
  if (id === '' || id.length > MAX_ID_LENGTH) return undefined;
  const hex = id.replaceAll('-', '');
  if (!HEX_UUID.test(hex)) return id;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Normalises a primary key to its digits: `48210457`, `"48210457"` and integers beyond 2^53 are accepted.
 *
 * @returns `undefined` when there is none; Ocrolus's zero (the test ping) counts as none.
 */
export function normalisePk(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (!/^\d{1,20}$/.test(text)) return undefined;
  const digits = text.replace(/^0+/, '');
  return digits === '' ? undefined : digits;
}

/** The ids that an event carries, normalised. Every one may be missing (domain reference 8.2). */
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

/** Reads the ids out of a body. Keys: domain reference 8.2; the Middesk and analytics keys are inferred. */
export function readIds(body: Readonly<Record<string, unknown>>): EventIds {
  const found: Record<keyof EventIds, string | undefined> = {
    bookUuid: normaliseUuid(body.book_uuid),
    bookPk: normalisePk(body.book_pk),
    docUuid: normaliseUuid(body.doc_uuid),
    uploadedDocUuid: normaliseUuid(body.uploaded_doc_uuid),
    uploadedDocPk: normalisePk(body.uploaded_doc_pk),
    mixedDocUuid: normaliseUuid(body.mixed_uploaded_doc_uuid),
    mixedDocPk: normalisePk(body.mixed_uploaded_doc_pk),
    imageGroupUuid: normaliseUuid(body.uploaded_image_group_uuid),
    imageGroupPk: normalisePk(body.uploaded_image_group_pk),
    analyticsRequestId: normaliseUuid(body.analytics_request_id),
    businessUuid: normaliseUuid(body.business_uuid),
  };
  const present = Object.entries(found).filter(([, id]) => id !== undefined);
  return Object.fromEntries(present) as EventIds;
}

/**
 * The partition key of a book: its uuid, `pk-<number>` while only the pk is known, `account` for an event
 * without a book (design section 7).
 */
export function bookIdOf(ids: Pick<EventIds, 'bookUuid' | 'bookPk'>): string {
  if (ids.bookUuid !== undefined) return ids.bookUuid;
  return ids.bookPk === undefined ? ACCOUNT_PARTITION : `${PK_PREFIX}${ids.bookPk}`;
}

const PK_PREFIX = 'pk-';

/** Whether a partition is that of a book of which only the pk is known. */
export function isPkOnly(bookId: string): boolean {
  return bookId.startsWith(PK_PREFIX);
}

/** The partition of events that name no book. */
export const ACCOUNT_PARTITION = 'account';

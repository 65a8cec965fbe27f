import { type EventIds, isOwnPartition } from './ids.ts';

const HEX_UUID = /^[0-9a-f]{32}$/;

/** Safe as a DynamoDB key, a URL path segment and part of an S3 key. No id seen is as long as 128 characters. */
const OPAQUE_ID = /^[a-z0-9][a-z0-9_-]{0,127}$/;

/**
 * Normalises an id of Ocrolus: lower case, dashed when it is 32 hex digits. Other ids of letters, digits, `_` and `-`
 * are kept as they are, since the vendor's own samples carry ids that are no valid uuids (docs/ocrolus.md#ids).
 *
 * @returns `undefined` when there is no id: not a string, blank, longer than 128 characters, with characters that are
 * not safe in keys and paths, or the name of one of the table's own partitions.
 */
export function normaliseUuid(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const id = value.trim().toLowerCase();
  const hex = id.replaceAll('-', '');
  if (HEX_UUID.test(hex)) {
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
  return OPAQUE_ID.test(id) && !isOwnPartition(id) ? id : undefined;
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

type Body = Readonly<Record<string, unknown>>;

/** Key of each id in a body (docs/ocrolus.md#event-fields); the Middesk and analytics keys are inferred. */
const SOURCES: Record<
  keyof EventIds,
  readonly [key: string, normalise: (value: unknown) => string | undefined]
> = {
  bookUuid: ['book_uuid', normaliseUuid],
  bookPk: ['book_pk', normalisePk],
  docUuid: ['doc_uuid', normaliseUuid],
  uploadedDocUuid: ['uploaded_doc_uuid', normaliseUuid],
  uploadedDocPk: ['uploaded_doc_pk', normalisePk],
  mixedDocUuid: ['mixed_uploaded_doc_uuid', normaliseUuid],
  mixedDocPk: ['mixed_uploaded_doc_pk', normalisePk],
  imageGroupUuid: ['uploaded_image_group_uuid', normaliseUuid],
  imageGroupPk: ['uploaded_image_group_pk', normalisePk],
  analyticsRequestId: ['analytics_request_id', normaliseUuid],
  businessUuid: ['business_uuid', normaliseUuid],
};

/** Reads the ids of a body. */
export function readIds(body: Body): EventIds {
  const found = Object.entries(SOURCES).map(([name, [key, normalise]]) => [name, normalise(body[key])]);
  return Object.fromEntries(found.filter(([, id]) => id !== undefined)) as EventIds;
}

/** Values that Ocrolus sends instead of an id that it does not have. */
const NOTHING: readonly unknown[] = [undefined, null, '', 0, '0'];

/** True if a body has any id, even one that {@link readIds} does not accept. */
export function namesAnything(body: Body): boolean {
  return Object.values(SOURCES).some(([key]) => !NOTHING.includes(body[key]));
}

import * as z from 'zod';
import { OWN_PARTITIONS, PK_PREFIX } from './partitions.ts';

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

/**
 * The partition key of a book: its uuid, `pk-<number>` while only the pk is known, `account` for an event
 * without a book (docs/data-model.md).
 */
export function bookIdOf(ids: Pick<EventIds, 'bookUuid' | 'bookPk'>): string {
  if (ids.bookUuid !== undefined) return ids.bookUuid;
  return ids.bookPk === undefined ? OWN_PARTITIONS.account : `${PK_PREFIX}${ids.bookPk}`;
}

/** Whether a partition belongs to a book of which only the pk is known. */
export function isPkOnly(bookId: string): boolean {
  return bookId.startsWith(PK_PREFIX);
}

/** The pk in the name of a partition; `undefined` for the partition of a uuid. */
export function pkOf(bookId: string): string | undefined {
  return isPkOnly(bookId) ? bookId.slice(PK_PREFIX.length) : undefined;
}

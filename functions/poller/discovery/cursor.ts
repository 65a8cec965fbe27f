import * as z from 'zod';
import type { Times } from '../../../shared/checklist/times.ts';
import { OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import { comparePks, createdMs, Place, START } from '../../../shared/ocrolus/book-list.ts';
import type { Key, Table } from '../../../shared/store/table.ts';
import type { Step } from './follow.ts';

/** Part of the list that one call reads; `discover.ts` tells the whole story. */
const Reading = z.enum(['new', 'recent', 'sweep']);

type Reading = z.infer<typeof Reading>;

/** A damaged attribute only causes some pages to be read again. */
const Stored = z.object({
  recent: Place.optional().catch(undefined),
  sweep: Place.optional().catch(undefined),
  /** Every book before this place is older than `times.recent`. */
  recentFrom: Place.optional().catch(undefined),
  /** Unix milliseconds when all new books had been read. */
  newAt: z.number().catch(0),
  /** Unix milliseconds when the last sweep started. */
  sweptAt: z.number().catch(0),
  /** Number of pages of known books that this run has read again. */
  rereads: z.int().catch(0),
  /** Part that the next call reads. */
  next: Reading.catch('new'),
});

/** Progress of reading the list of an account's books. */
export interface Cursor extends Omit<z.infer<typeof Stored>, 'recent' | 'sweep'> {
  /** Place up to which each part has been read; absent if the part is not being read. */
  readonly places: { readonly new: Place } & { readonly [reading in Reading]?: Place | undefined };
  readonly recentFrom: Place;
}

/**
 * Reads the cursor of an account. A cursor of version 0.1.0 has only the place of new books, so the whole list is
 * read again soon.
 *
 * @param now Unix milliseconds: reading a list for the first time counts as a sweep.
 */
export async function readCursor(table: Table, account: string, now: number): Promise<Cursor> {
  const item = await table.get(cursorKey(account));
  const place = Place.catch(START).parse(item);
  const stored = Stored.parse(item ?? { recent: START, sweptAt: now });
  const { recent, sweep, recentFrom = place, ...more } = stored;
  return { places: { new: place, recent, sweep }, recentFrom, ...more };
}

/** Writes the cursor. The place of new books is stored as in version 0.1.0. */
export async function writeCursor(table: Table, account: string, { places, ...more }: Cursor): Promise<void> {
  const { new: place, recent, sweep } = places;
  const { offset, lastPk, back } = place;
  await table.update(cursorKey(account), { set: { offset, lastPk, back, recent, sweep, ...more } });
}

function cursorKey(account: string): Key {
  return { bookId: OWN_PARTITIONS.poller, item: `CURSOR#${account}` };
}

/** Maximum number of pages of known books that a run reads again: with 100 books a page, 288,000 books a day. */
const REREADS = 10;

/** Place after which the next page is read. */
export function placeOf({ next, places, recentFrom }: Cursor): Place {
  const place = places[next] ?? START;
  return next === 'recent' && isBefore(place, recentFrom) ? recentFrom : place;
}

/** Advances the cursor after a page. `isCaughtUp`: the run has read everything. @param now Unix ms, before the call. */
export function advance(
  cursor: Cursor,
  step: Step,
  now: number,
  times: Times,
): Cursor & { readonly isCaughtUp: boolean } {
  const { next: reading, places } = cursor;
  const { place, isShort, unseen } = step;
  const isNew = reading === 'new';
  const isOver = !isNew && (!isBefore(place, places.new) || (isShort && unseen.length === 0));
  const isReread = !isNew || (unseen.length === 0 && !isShort);
  const isSweepDue = now - cursor.sweptAt >= times.sweep && places.sweep === undefined;
  const after: Cursor = {
    ...cursor,
    recentFrom: startOfRecent(cursor, step, now - times.recent),
    places: { ...places, ...(isSweepDue && { sweep: START }), [reading]: isOver ? undefined : place },
    sweptAt: isSweepDue ? now : cursor.sweptAt,
    newAt: isNew && isShort ? now : cursor.newAt,
    rereads: cursor.rereads + Number(isReread),
  };
  const next = isNew && !isShort ? 'new' : nextReread(after);
  if (next === undefined || after.rereads >= REREADS) {
    const again = { ...after.places, recent: after.places.recent ?? START };
    return { ...after, next: 'new', rereads: 0, places: again, isCaughtUp: true };
  }
  // If each run reads only one page, new books must not wait for the end of a long reading: half of the shortest pause.
  const isNewDue = now - after.newAt >= times.min / 2;
  return { ...after, next: isNewDue ? 'new' : next, isCaughtUp: false };
}

/** Part that is read again next: recent books and sweep alternate. */
function nextReread(cursor: Cursor): 'recent' | 'sweep' | undefined {
  const { places, rereads } = cursor;
  const isLeft = (one: 'recent' | 'sweep') =>
    places[one] !== undefined && isBefore(placeOf({ ...cursor, next: one }), places.new);
  const order = rereads % 2 === 0 ? (['recent', 'sweep'] as const) : (['sweep', 'recent'] as const);
  return order.find(isLeft);
}

/**
 * Start of the recent books. Ocrolus gives pks in the order of creation, so a book that became visible later, and was
 * created less than 48 hours before, comes after those that were older than that.
 */
function startOfRecent(cursor: Cursor, { unseen, place }: Step, since: number): Place {
  let start = cursor.recentFrom;
  if (isBefore(start, placeOf(cursor))) return start;
  for (const [n, book] of unseen.entries()) {
    const created = createdMs(book);
    if (created === undefined) continue;
    if (created >= since) break;
    const after = { offset: Math.max(0, place.offset - (unseen.length - 1 - n)), lastPk: book.bookPk };
    if (isBefore(start, after)) start = after;
  }
  return start;
}

function isBefore(one: Place, other: Place): boolean {
  return comparePks(one.lastPk, other.lastPk) < 0;
}

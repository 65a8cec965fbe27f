import { iso } from '../time.ts';
import { type Entry, isOpen } from './entry.ts';

/** By how much the clocks of the Lambda that received an event and of the one that asked may differ. */
export const CLOCK_SKEW_MS = 5000;

/** Whether the stored answer was asked for after the event was received. */
export function isAskedAfter(entry: Entry, receivedAt: string): boolean {
  // Asked with that very event in hand. A later event proves nothing: the clocks of the receiving Lambdas may differ.
  if (entry.covers === receivedAt) return true;
  return entry.at !== undefined && Date.parse(entry.at) > Date.parse(receivedAt) + CLOCK_SKEW_MS;
}

/**
 * Opens an entry that an event names. A job that was started before the event computes something older: it is dropped.
 *
 * @param reopens whether the event also asks again for a stored result.
 * @returns the same entry where nothing changes: it is already open for this event, or was asked for after it.
 */
export function openEntry(
  entry: Entry | undefined,
  event: { readonly version: number; readonly receivedAt: string; readonly reopens: boolean },
  now: number,
): Entry {
  const { version, receivedAt, reopens } = event;
  const current = entry?.version === version ? entry : undefined;
  if (current?.state === 'stored' && (!reopens || isAskedAfter(current, receivedAt))) return current;
  if (current?.state === 'unavailable' && isAskedAfter(current, receivedAt)) return current;
  const before = isOpen(current) ? current : undefined;
  const opened = openedBy(before, receivedAt);
  const isKnown = before?.openedAt === opened.openedAt;
  if (before !== undefined && isKnown) return withOpening(before, receivedAt);
  return {
    state: before?.state ?? 'wanted',
    version,
    since: before?.since ?? iso(now),
    attempts: 0,
    nextAt: iso(now),
    ...opened,
    ...(before?.code !== undefined && { code: before.code }),
  };
}

/**
 * What an event names of a document that is not known yet. It is neither asked for nor missing: once the document is
 * listed, the document's own entry takes over.
 */
export function rememberedEntry(version: number, receivedAt: string, now: number): Entry {
  return { state: 'probe', version, since: iso(now), attempts: 0, openedAt: receivedAt };
}

/**
 * The latest event that asks for an entry, including another event, and the one before it if the clocks leave open which
 * of the two came first. An answer that satisfies both satisfies all earlier ones: it was asked for clearly after them.
 */
export function openedBy(entry: Pick<Entry, 'openedAt' | 'openedBefore'> | undefined, receivedAt: string) {
  const known = [receivedAt, entry?.openedAt, entry?.openedBefore].filter((event) => event !== undefined);
  const [openedAt = receivedAt, openedBefore] = [...new Set(known)].sort().reverse();
  const isClearlyBefore =
    openedBefore === undefined || Date.parse(openedAt) - Date.parse(openedBefore) >= 2 * CLOCK_SKEW_MS;
  return { openedAt, openedBefore: isClearlyBefore ? undefined : openedBefore };
}

/** An entry that another event asks for. @returns the same entry where that changes nothing. */
export function withOpening(entry: Entry, receivedAt: string): Entry {
  const opened = openedBy(entry, receivedAt);
  if (entry.openedAt === opened.openedAt && entry.openedBefore === opened.openedBefore) return entry;
  return { ...entry, ...opened };
}

/** The time of the stored answer is kept, so that an older answer does not count as new. */
export function reopen(entry: Entry, now: number): Entry {
  const { code: _, ...kept } = entry;
  return { ...kept, state: 'wanted', since: iso(now), attempts: 0 };
}

/** Attempts that still count when an event announces a missing result again: the next pause is 20 minutes at most. */
const TRIES_AFTER_EVENT = 2;

/**
 * An event that wants the result turns a probe or an expired entry into an open one, and waits for its own answer. The
 * event is new information, so an entry that is asked for rarely is asked for soon again.
 */
export function openFor(entry: Entry, opens: string | undefined, now: number): Entry {
  if (opens === undefined) return entry;
  const opened = withOpening(entry, opens);
  if (opened === entry && entry.state !== 'probe') return entry;
  const { refusals = 0, refusedSince: _, ...kept } = opened;
  if (!isOpen(entry)) return { ...kept, state: 'wanted', since: iso(now), attempts: 0 };
  return {
    ...opened,
    attempts: Math.min(entry.attempts, TRIES_AFTER_EVENT),
    ...(refusals > TRIES_AFTER_EVENT && { refusals: TRIES_AFTER_EVENT, refusedSince: iso(now) }),
  };
}

/** An answer for an event that is later than what is stored opens the entry again. */
export function isReopenedBy(entry: Entry, opens: string | undefined): boolean {
  return opens !== undefined && !isAskedAfter(entry, opens);
}

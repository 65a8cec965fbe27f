import type { CatalogEntry } from './catalog/entry.ts';
import { OTHER_EVENTS, SEED_EVENTS } from './catalog/events.ts';

export type { CatalogEntry, Ends, Subject } from './catalog/entry.ts';
export { RESULT_KINDS, type ResultKind } from './result-kinds.ts';

/**
 * Each event name that Ocrolus is known to send. Queues, consumers, permissions, registration, the simulator and the
 * tests are derived from this table.
 *
 * Source of names and meanings: docs/ocrolus.md#event-names.
 */
export const CATALOG = { ...SEED_EVENTS, ...OTHER_EVENTS };

export type EventName = keyof typeof CATALOG;

export const EVENT_NAMES = Object.keys(CATALOG) as readonly EventName[];

/** The nine events of the seed page, each with a channel of its own. */
export const SEED_EVENT_NAMES = Object.keys(SEED_EVENTS) as readonly (keyof typeof SEED_EVENTS)[];

const BY_LOWER_CASE = new Map<string, EventName>(EVENT_NAMES.map((name) => [name.toLowerCase(), name]));

/**
 * Finds the catalog's spelling of a name that Ocrolus sent. Blanks around it, letter case and the ` (BETA)`
 * that the vendor's enum carries do not matter (docs/ocrolus.md#naming-key).
 *
 * @returns `undefined` for a name that the catalog does not know.
 */
export function findEventName(sent: string): EventName | undefined {
  return BY_LOWER_CASE.get(canonicalName(sent).toLowerCase());
}

/** The name without blanks around it and without ` (BETA)`; letter case is kept. */
export function canonicalName(sent: string): string {
  return sent.trim().replace(/\s*\(beta\)$/i, '');
}

export function catalogEntry(name: EventName): CatalogEntry {
  return CATALOG[name];
}

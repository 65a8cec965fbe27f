import { catalogEntry, EVENT_NAMES, type EventName, findEventName } from '../../events/catalog.ts';
import type { Level } from './level.ts';

/** In the catalog's spelling, without repetitions; names that it does not know stay as they are. */
export function eventNames(sent: readonly string[]): string[] {
  return [...new Set(sent.map((name) => findEventName(name) ?? name))];
}

/** As Ocrolus spells the names at registration; names that the catalog does not know stay as they are. */
export function registrationNames(names: readonly string[]): string[] {
  return names.map((name) => {
    const known = findEventName(name);
    return known === undefined ? name : (catalogEntry(known).registeredAs ?? known);
  });
}

/**
 * Names of the seed page that are no longer in the current list of events: asked for, since they may still work, and not
 * missed when Ocrolus leaves them out (docs/ocrolus.md#registered-event-names).
 */
export const MAY_BE_DROPPED: readonly EventName[] = EVENT_NAMES.filter((name) =>
  levelsOf(name).includes('seed'),
);

/** What can be subscribed to at a level, the names that may be dropped included. */
export function eventsOfLevel(level: Level): EventName[] {
  const offered = EVENT_NAMES.filter((name) => levelsOf(name).includes(level));
  // At organization level an unknown name is refused instead of dropped.
  return level === 'account' ? [...offered, ...MAY_BE_DROPPED] : offered;
}

function levelsOf(name: EventName): readonly string[] {
  return catalogEntry(name).levels;
}

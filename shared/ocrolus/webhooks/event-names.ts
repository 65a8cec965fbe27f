import { catalogEntry, EVENT_NAMES, type EventName, findEventName } from '../../events/catalog.ts';
import type { Level } from './level.ts';

/** Converts names to the catalog's spelling, without repetitions; unknown names stay as they are. */
export function eventNames(sent: readonly string[]): string[] {
  return [...new Set(sent.map((name) => findEventName(name) ?? name))];
}

/**
 * Converts names to the spelling of a level's list of events; unknown names stay as they are
 * (docs/ocrolus.md#registered-event-names).
 */
export function registrationNames(names: readonly string[], level: Level): string[] {
  return names.map((name) => {
    const known = findEventName(name);
    if (known === undefined) return name;
    return level === 'account' ? (catalogEntry(known).registeredAs ?? known) : known;
  });
}

/**
 * Names of the seed page that the current list of events lacks. They are asked for, since they may still work, and
 * not missed if Ocrolus leaves them out (docs/ocrolus.md#registered-event-names).
 */
export const MAY_BE_DROPPED: readonly EventName[] = EVENT_NAMES.filter((name) =>
  levelsOf(name).includes('seed'),
);

/** Events that a level offers, including names that may be dropped. */
export function eventsOfLevel(level: Level): EventName[] {
  const offered = EVENT_NAMES.filter((name) => levelsOf(name).includes(level));
  // The organization level refuses unknown names instead of dropping them.
  return level === 'account' ? [...offered, ...MAY_BE_DROPPED] : offered;
}

function levelsOf(name: EventName): readonly string[] {
  return catalogEntry(name).levels;
}

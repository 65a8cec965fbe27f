import { EVENT_NAMES, type EventName, findEventName } from '../../shared/events/catalog.ts';
import { UsageError } from '../command-line/commands.ts';
import { suggestion } from '../command-line/suggestion.ts';

/** An event of the catalog, in any spelling that Ocrolus uses. @param instead an alternative, for the error message. */
export function knownEvent(name: string, instead: string): EventName {
  const known = findEventName(name);
  if (known !== undefined) return known;
  throw new UsageError(`the catalog has no event ${name}${suggestion(name, EVENT_NAMES)}; ${instead}`);
}

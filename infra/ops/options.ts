import { setTimeout as delay } from 'node:timers/promises';
import { EVENT_NAMES, type EventName, findEventName } from '../../shared/events/catalog.ts';
import { normalisePk, normaliseUuid } from '../../shared/events/read-ids.ts';
import { UsageError } from '../command-line/commands.ts';
import { suggestion } from '../command-line/suggestion.ts';
import { time } from '../command-line/values.ts';
import type { Target } from './target/target.ts';

/** Parses a book's partition, from its uuid in any spelling, or from `pk-<number>`. */
export function bookId(text: string): string {
  return normaliseUuid(text) ?? text;
}

/** @returns a function that resolves when the next message may be sent; at once without a rate. */
export function paceOf(perSecond: number | undefined): () => Promise<void> {
  if (perSecond === undefined) return async () => {};
  let nextAt = 0;
  return async () => {
    const now = Date.now();
    const at = Math.max(now, nextAt);
    nextAt = at + 1000 / perSecond;
    if (at > now) await delay(at - now);
  };
}

/** An event of the catalog, in any spelling that Ocrolus uses. @param instead an alternative, for the error message. */
export function knownEvent(name: string, instead: string): EventName {
  const known = findEventName(name);
  if (known !== undefined) return known;
  throw new UsageError(`the catalog has no event ${name}${suggestion(name, EVENT_NAMES)}; ${instead}`);
}

export function unknownChannel(channel: string, { queues }: Pick<Target, 'queues'>): UsageError {
  const names = Object.keys(queues);
  return new UsageError(
    `there is no channel ${channel}${suggestion(channel, names)}; channel is one of: ${names.join(' ')}`,
  );
}

/** An end of a range of books: a creation time or a pk. */
export type Bound = { readonly time: string } | { readonly pk: string };

/** `pk-<number>`, or a time. @throws InvalidArgumentError */
export function bound(text: string): Bound {
  const pk = /^(?:pk-)?(\d+)$/.exec(text)?.[1];
  return pk === undefined ? { time: time(text) } : { pk: normalisePk(pk) ?? pk };
}

export function boundText(end: Bound): string {
  return 'pk' in end ? `pk-${end.pk}` : end.time;
}

import { setTimeout as delay } from 'node:timers/promises';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { EVENT_NAMES, type EventName, findEventName } from '../../shared/events/catalog.ts';
import { CHANNELS, type Channel } from '../../shared/events/channels.ts';
import { bookIdOf } from '../../shared/events/ids.ts';
import { normalisePk, normaliseUuid } from '../../shared/events/read-ids.ts';
import { UsageError } from '../command-line/commands.ts';
import { suggestion, time } from '../command-line/values.ts';

/**
 * Parses a book's partition, from its uuid in any spelling, or from `pk-<number>`.
 *
 * @throws InvalidArgumentError
 */
export function bookId(text: string): string {
  const number = /^pk-(.*)$/i.exec(text.trim())?.[1];
  const bookPk = normalisePk(number);
  const id = number === undefined ? normaliseUuid(text) : bookPk && bookIdOf({ bookPk });
  if (id === undefined) throw new InvalidArgumentError('It must be the uuid of a book, or pk-<number>.');
  return id;
}

/** What the webhook takes from Ocrolus, or makes itself (functions/webhook/delivery.ts). */
const DELIVERY_ID = /^[\w.:-]{1,128}$/;

/** Parses the id of a delivery, or of a message of SQS. @throws InvalidArgumentError */
export function deliveryId(text: string): string {
  if (DELIVERY_ID.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be an id as "ops deliveries" or "ops dlq" shows it: up to 128 letters, digits, and _ . : -',
  );
}

/** @throws InvalidArgumentError */
export function channel(text: string): Channel {
  const found = CHANNELS.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(
    `There is no such channel${suggestion(text, CHANNELS)}; it is one of: ${CHANNELS.join(' ')}`,
  );
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

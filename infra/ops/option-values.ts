import { setTimeout as delay } from 'node:timers/promises';
import { normaliseUuid } from '../../shared/events/read-ids.ts';

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

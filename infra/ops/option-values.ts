import { setTimeout as delay } from 'node:timers/promises';
import { normaliseUuid } from '../../shared/events/read-ids.ts';

/** A book's partition, in any spelling of its uuid, or as `pk-<number>`. */
export function bookId(text: string): string {
  return normaliseUuid(text) ?? text;
}

/** @returns resolves when the next message may be sent; at once where there is no rate. */
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

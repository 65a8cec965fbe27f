/** What happens to one delivery on its way. */
export interface DeliveryFate {
  /** Never sent at all: as if every attempt had been lost. */
  readonly drop?: boolean;
  /** Sent so many times more. */
  readonly duplicates?: number;
  /** Whether a duplicate has a request id of its own; nobody knows. Default `new`. */
  readonly duplicateRequestId?: 'same' | 'new';
  /** The first attempt waits so long, in milliseconds. */
  readonly delayMs?: number;
  /** Held back until another delivery has had an attempt, but at most so long, in milliseconds. */
  readonly overtakenWithinMs?: number;
}

/** Chances of a fate, each 0 to 1. */
export interface DeliveryOdds {
  readonly drop?: number;
  readonly duplicate?: number;
  readonly delay?: number;
  readonly reorder?: number;
  /** The longest wait of a delayed or overtaken delivery, in milliseconds; default 1,000. */
  readonly maxDelayMs?: number;
}

/** Chances, or a decision for each event. */
export type DeliveryFaults = DeliveryOdds | ((eventName: string, body: string) => DeliveryFate);

export function fateOf(
  faults: DeliveryFaults,
  eventName: string,
  body: string,
  random: () => number,
): DeliveryFate {
  if (typeof faults === 'function') return faults(eventName, body);
  // Every number is drawn every time, so that one chance does not shift the others.
  const [drop, duplicate, sameId, delay, wait, reorder] = Array.from({ length: 6 }, random);
  const maxDelayMs = faults.maxDelayMs ?? 1000;
  const happens = (drawn = 1, chance = 0) => drawn < chance;
  return {
    drop: happens(drop, faults.drop),
    duplicates: happens(duplicate, faults.duplicate) ? 1 : 0,
    duplicateRequestId: happens(sameId, 0.5) ? 'same' : 'new',
    delayMs: happens(delay, faults.delay) ? Math.floor((wait ?? 0) * maxDelayMs) : 0,
    overtakenWithinMs: happens(reorder, faults.reorder) ? maxDelayMs : 0,
  };
}

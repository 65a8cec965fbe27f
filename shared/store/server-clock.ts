/** The time of day as the table's server has it: the one clock that every Lambda shares. */
export interface ServerClock {
  /** Unix milliseconds. This machine's own time until the server has answered once. */
  now(): number;
  /** This machine's own clock has been found wrong. */
  isCorrected(): boolean;
  /**
   * Learns from an answer.
   *
   * @param sentAt @param receivedAt this machine's time, in Unix milliseconds.
   * @param date the answer's `Date` header, which has whole seconds.
   */
  observe(sentAt: number, receivedAt: number, date: string): void;
}

/** A bound is given up when it is older than this: clocks drift, and are set. */
const BOUND_MS = 60_000;

interface Bound {
  readonly offset: number;
  readonly at: number;
}

/**
 * Estimates the server's clock from `Date` headers. A header says that the server's time was within one second
 * at some moment between sending and receiving; a few answers narrow that down to some tens of milliseconds. Our own
 * clock is believed as far as that allows, which is always where it is right.
 */
export function createServerClock(ownNow: () => number = Date.now): ServerClock {
  let least: Bound | undefined;
  let most: Bound | undefined;
  const offset = () => {
    if (least === undefined || most === undefined) return 0;
    const ownMayBeRight = least.offset <= 0 && most.offset >= 0;
    return ownMayBeRight ? 0 : (least.offset + most.offset) / 2;
  };
  return {
    now: () => ownNow() + offset(),
    isCorrected: () => offset() !== 0,
    observe(sentAt, receivedAt, date) {
      const second = Date.parse(date);
      if (Number.isNaN(second)) return;
      const low: Bound = { offset: second - receivedAt, at: receivedAt };
      const high: Bound = { offset: second + 1000 - sentAt, at: receivedAt };
      least = tighter(least, low, (kept, seen) => seen >= kept);
      most = tighter(most, high, (kept, seen) => seen <= kept);
      // The clock was set meanwhile: what was learnt before is worth nothing.
      if (least.offset > most.offset) [least, most] = [low, high];
    },
  };
}

function tighter(
  kept: Bound | undefined,
  seen: Bound,
  isTighter: (kept: number, seen: number) => boolean,
): Bound {
  const isOld = kept !== undefined && seen.at - kept.at > BOUND_MS;
  return kept === undefined || isOld || isTighter(kept.offset, seen.offset) ? seen : kept;
}

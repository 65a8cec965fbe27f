import { setTimeout as delay } from 'node:timers/promises';
import type { RateBucket } from '../store/rate-bucket.ts';
import type { Lane, RateLimiter } from './rate-limit.ts';
import { createTurns, type Turn } from './turns.ts';

/** Share of the limit that is used: turns are evenly spaced here, but arrive at Ocrolus with some jitter. */
const USED_SHARE = 0.975;

/**
 * How far ahead turns are reserved. A caller for whom that is not enough is told to come back later instead of
 * waiting at the cost of its Lambda. The poller stands back as soon as consumers wait for more than a moment.
 */
const MOST_AHEAD_MS = { consumer: 10_000, poller: 500 };

/** Share of the limit that is left to express calls while there are such. */
const EXPRESS_SHARE = 0.2;
/** For so long after an express call, so that nothing is left unused when there are none. */
const ROOM_MS = 20_000;
/** An express call that would have to wait for longer wants room. */
const LATE_MS = 300;
/** With more express calls than that they are the crowd themselves, and wait with the others. */
const EXPRESS_AHEAD_MS = 2000;

export type Priority = keyof typeof MOST_AHEAD_MS;

/**
 * The organization's rate limit, shared by every Lambda through the table: turns are reserved in blocks, as many at
 * once as callers wait in this process (design section 6). Bulk calls queue for their turns; express calls pass them by
 * on a part of the limit that is theirs while they need it (decision 0013).
 *
 * @param perSecond calls of either weight, and of `heavy` ones, per second, for the whole organization.
 */
export function createSharedRateLimiter(options: {
  readonly bucket: RateBucket;
  readonly perSecond: number;
  readonly heavyPerSecond: number;
  readonly priority: Priority;
  /** This machine's own time, in which deadlines are. */
  readonly now?: () => number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}): RateLimiter {
  const { bucket, perSecond, heavyPerSecond, priority, now = Date.now, wait = delay } = options;
  const { clock } = bucket;
  const mostAheadMs = MOST_AHEAD_MS[priority];
  const intervalMs = 1000 / (perSecond * USED_SHARE);
  const light = createTurns({
    bucket,
    name: 'LIGHT',
    mostAheadMs,
    wait,
    pace: (leavesRoom) => (leavesRoom ? intervalMs / (1 - EXPRESS_SHARE) : intervalMs),
  });
  const express = createTurns({
    bucket,
    name: 'EXPRESS',
    mostAheadMs: EXPRESS_AHEAD_MS,
    // They do not gather: few of them come at once.
    wait: async () => {},
    pace: () => intervalMs / EXPRESS_SHARE,
  });
  const heavy = createTurns({
    bucket,
    name: 'HEAVY',
    mostAheadMs,
    wait,
    pace: () => 1000 / (heavyPerSecond * USED_SHARE),
  });

  const waitUntil = async ({ at }: Turn) => {
    const milliseconds = at - clock.now();
    if (milliseconds > 0) await wait(milliseconds);
  };
  const hasRoom = () => (bucket.roomBeside('LIGHT')?.until ?? 0) > clock.now();
  /** @returns when an express call may start; `undefined` when there is no room for it now. */
  const expressTurn = async (deadline: number) => {
    try {
      const room = await bucket.makeRoom('LIGHT', ROOM_MS);
      const [now, until] = [clock.now(), room?.until ?? 0];
      if (room === undefined || room.from > now || until < now + EXPRESS_AHEAD_MS) return undefined;
      return await express(deadline);
    } catch {
      return undefined;
    }
  };
  const lightTurn = async (lane: Lane, deadline: number): Promise<Turn> => {
    if (lane === 'bulk') return light(deadline);
    const hadRoom = hasRoom();
    const early = hadRoom ? await expressTurn(deadline) : undefined;
    if (early !== undefined) return early;
    const [turn] = await Promise.allSettled([light(deadline)]);
    const isSoon = turn.status === 'fulfilled' && turn.value.at <= clock.now() + LATE_MS;
    const instead = hadRoom || isSoon ? undefined : await expressTurn(deadline);
    if (instead !== undefined) return instead;
    if (turn.status === 'rejected') throw turn.reason;
    return turn.value;
  };
  return {
    async take(weight, deadline, lane = 'bulk') {
      const until = clock.now() + deadline - now();
      let turn: Turn;
      do {
        // A heavy call counts twice: among its own kind, and among all.
        if (weight === 'heavy') await waitUntil(await heavy(until));
        turn = await lightTurn(lane, until);
        await waitUntil(turn);
        // Once a process has heard of a pause, its next turn is after it.
      } while (await turn.isTakenAway());
    },
    async pause(seconds) {
      const until = clock.now() + seconds * 1000;
      await Promise.all([bucket.emptyUntil('LIGHT', until), bucket.emptyUntil('EXPRESS', until)]);
    },
  };
}

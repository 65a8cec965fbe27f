import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import type { RateBucket } from '../store/rate-bucket.ts';
import type { RateLimiter, Weight } from './rate-limit.ts';

/** Most turns that one write reserves: what a Lambda wastes at most when it dies. */
const BLOCK = 10;

/** For how much of the time that is taken already callers are gathered for a block. */
const GATHER_SHARE = 0.5;

/** Share of the limit that is used: turns are evenly spaced here, but arrive at Ocrolus with some jitter. */
const USED_SHARE = 0.975;

/**
 * How far ahead turns are reserved. A caller for whom that is not enough is told to come back later instead of
 * waiting at the cost of its Lambda. The poller stands back as soon as consumers wait for more than a moment.
 */
const MOST_AHEAD_MS = { consumer: 10_000, poller: 500 };

export type Priority = keyof typeof MOST_AHEAD_MS;

interface Caller {
  readonly deadline: number;
  readonly go: (turn: number) => void;
  readonly fail: (failure: Failure) => void;
}

/**
 * The organization's rate limit, shared by every Lambda through the table: turns are reserved in blocks, as many at
 * once as callers wait in this process (design section 6).
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
  const mostAheadMs = MOST_AHEAD_MS[priority];
  const limit = (name: string, limitPerSecond: number) =>
    createTurns({ bucket, name, intervalMs: 1000 / (limitPerSecond * USED_SHARE), mostAheadMs, wait });
  const turns: Record<Weight, (deadline: number) => Promise<number>> = {
    light: limit('LIGHT', perSecond),
    heavy: limit('HEAVY', heavyPerSecond),
  };
  const waitForTurn = async (weight: Weight, deadline: number) => {
    const turn = await turns[weight](bucket.clock.now() + deadline - now());
    const milliseconds = turn - bucket.clock.now();
    if (milliseconds > 0) await wait(milliseconds);
  };
  return {
    async take(weight, deadline) {
      // A heavy call counts twice: among its own kind, and among all.
      if (weight === 'heavy') await waitForTurn('heavy', deadline);
      await waitForTurn('light', deadline);
    },
    async pause(seconds) {
      await bucket.emptyUntil('LIGHT', bucket.clock.now() + seconds * 1000);
    },
  };
}

/** Serves the callers of this process in order, with turns of one limit. */
function createTurns(options: {
  readonly bucket: RateBucket;
  readonly name: string;
  readonly intervalMs: number;
  readonly mostAheadMs: number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}): (deadline: number) => Promise<number> {
  const { bucket, name, intervalMs, mostAheadMs, wait } = options;
  const callers: Caller[] = [];
  let serving = false;
  let takenUntil = 0;
  let contended = false;

  /**
   * Where others wait too, those who come soon shall share a block; and where turns are taken for a while yet, there
   * is time to wait for them.
   */
  const gather = async () => {
    if (!contended || callers.length >= BLOCK) return;
    const ahead = takenUntil - bucket.clock.now();
    await wait(Math.max(BLOCK * intervalMs, ahead * GATHER_SHARE));
  };
  const serveBlock = async () => {
    await gather();
    const block = Math.min(callers.length, BLOCK);
    const first = await bucket.reserve(name, block, intervalMs, mostAheadMs);
    contended = first === undefined || first > bucket.clock.now() + intervalMs;
    if (first !== undefined) takenUntil = first + block * intervalMs;
    const served = callers.splice(0, first === undefined ? callers.length : block);
    for (const [index, caller] of served.entries()) {
      const turn = first === undefined ? undefined : first + index * intervalMs;
      if (turn === undefined || turn > caller.deadline) caller.fail(comeBack(mostAheadMs));
      else caller.go(turn);
    }
  };
  const serve = async () => {
    if (serving) return;
    serving = true;
    try {
      while (callers.length > 0) await serveBlock();
    } catch (cause) {
      for (const caller of callers.splice(0)) caller.fail(new Failure('retry', 'rate-limit', { cause }));
    } finally {
      serving = false;
    }
  };
  return (deadline) =>
    new Promise((go, fail) => {
      callers.push({ deadline, go, fail });
      // Those who ask in the same breath share a block.
      queueMicrotask(serve);
    });
}

function comeBack(mostAheadMs: number): Failure {
  return new Failure('retry', 'rate-limit', { retryAfterSeconds: Math.ceil(mostAheadMs / 1000) });
}

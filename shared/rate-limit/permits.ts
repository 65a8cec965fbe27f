import type { Bucket } from './bucket.ts';
import { noPermit } from './limiter.ts';

export interface PermitsOptions {
  readonly bucket: Bucket;
  /** Time from one permit to the next. */
  readonly intervalMs: number;
  /** Time for which a permit is valid, from its own time on. */
  readonly validMs: number;
  /** Maximum age of a free permit when it is reserved. */
  readonly burstMs: number;
  /** Minimum number of permits that one write reserves, for the next callers of this process. */
  readonly minBlock: number;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** Maximum number of permits that one write reserves; they are lost when a Lambda is killed. */
const MAX_BLOCK = 10;

/** Maximum time ahead for which permits are reserved. Beyond it, a message waits in SQS at no cost, not in a Lambda. */
const AHEAD_MS = 10_000;

interface Caller {
  /** In the clock of this process. */
  readonly deadline: number;
  readonly resolve: (at: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Serves the callers of this process in order, several with one write.
 *
 * @returns a function that resolves when the caller may call, and throws as `Bucket.reserve` does.
 */
export function createPermits(options: PermitsOptions): (deadline: number) => Promise<void> {
  const { bucket, intervalMs, validMs, burstMs, minBlock, now, wait } = options;
  const callers: Caller[] = [];
  /** Reserved, but not handed out yet. */
  let permits: number[] = [];
  let isServing = false;

  const isUsable = (at: number) => at >= bucket.pausedUntil() && at + validMs >= bucket.now();
  const patienceMs = ({ deadline }: Caller) => deadline - now();

  /** A reservation beyond this time would serve no caller. */
  const aheadMs = () => Math.min(AHEAD_MS, Math.max(...callers.map(patienceMs)));

  /**
   * Waits, if there are callers, until the queue seems to end: a permit reserved later is hardly due later, more
   * callers share the write, and the queue stays short. Also waits for the end of a pause, which may be extended.
   */
  const waitForQueue = async () => {
    const queueMs = bucket.nextAt() - bucket.now();
    const pauseMs = bucket.pausedUntil() - bucket.now();
    const leastMs = Math.min(...callers.map(patienceMs));
    const milliseconds = Math.max(Math.min(queueMs, leastMs - queueMs), Math.min(pauseMs, leastMs));
    if (milliseconds > 0 && Math.max(queueMs, pauseMs) <= aheadMs()) await wait(milliseconds);
  };
  /** @param lateMs additional time that the answer is expected to take. @returns how long it took. */
  const reserveBlock = async (lateMs: number): Promise<number> => {
    const start = bucket.now();
    const count = Math.min(Math.max(callers.length, minBlock), MAX_BLOCK);
    const first = await bucket.reserve(count * intervalMs, start + lateMs - burstMs, start + aheadMs());
    permits = Array.from({ length: count }, (_, n) => first + n * intervalMs);
    return bucket.now() - start;
  };
  const serve = async () => {
    if (isServing) return;
    isServing = true;
    try {
      let lateMs = 0;
      for (let caller = callers[0]; caller !== undefined; caller = callers[0]) {
        permits = permits.filter(isUsable);
        const [at] = permits;
        if (at === undefined) {
          // Waits even without a queue, so that callers of the same tick share a block.
          await waitForQueue();
          const tookMs = await reserveBlock(lateMs);
          // If the table is slow, permits expire before its answer, so the next ones are reserved for later.
          lateMs = permits.some(isUsable) ? 0 : tookMs;
          continue;
        }
        callers.shift();
        const waitMs = Math.max(0, at - bucket.now());
        if (waitMs > patienceMs(caller)) caller.reject(noPermit(waitMs));
        else {
          permits.shift();
          caller.resolve(at);
        }
      }
    } catch (error) {
      for (const { reject } of callers.splice(0)) reject(error);
    } finally {
      isServing = false;
    }
  };
  const reserved = (deadline: number): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    callers.push({ deadline, resolve, reject });
    serve();
    return promise;
  };
  return async (deadline) => {
    let at: number;
    do {
      at = await reserved(deadline);
      const waitMs = at - bucket.now();
      if (waitMs > 0) await wait(waitMs);
    } while (!isUsable(at));
  };
}

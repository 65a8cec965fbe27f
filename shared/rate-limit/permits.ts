import type { Bucket } from './bucket.ts';
import { noPermit } from './limiter.ts';

export interface PermitsOptions {
  readonly bucket: Bucket;
  /** From one permit to the next. */
  readonly intervalMs: number;
  /** How long a permit can be used, from its time on. */
  readonly validMs: number;
  /** How long ago a free permit's time may be when it is reserved. */
  readonly savedMs: number;
  /** Permits that one write reserves at least, for the next callers of this process. */
  readonly minBlock: number;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** Most permits that one write reserves; they are lost when a Lambda is killed. */
const MAX_BLOCK = 10;

/** How far ahead permits are reserved. Beyond that, a message waits in SQS, at no cost, and not in a Lambda. */
const AHEAD_MS = 10_000;

interface Caller {
  /** By the clock of this process. */
  readonly deadline: number;
  readonly resolve: (at: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Serves the callers of this process in order, several with one write.
 *
 * @returns resolves when the caller may call. It throws as `Bucket.reserve` does.
 */
export function createPermits(options: PermitsOptions): (deadline: number) => Promise<void> {
  const { bucket, intervalMs, validMs, savedMs, minBlock, now, wait } = options;
  const callers: Caller[] = [];
  /** Reserved, but not handed out. */
  let permits: number[] = [];
  let isServing = false;

  const isUsable = (at: number) => at >= bucket.pausedUntil() && at + validMs >= bucket.now();
  const patienceMs = ({ deadline }: Caller) => deadline - now();

  /** Beyond this, a reservation would be of no use. */
  const aheadMs = () => Math.min(AHEAD_MS, Math.max(...callers.map(patienceMs)));

  /**
   * A process with callers waits until the queue ends as far as it knows: a permit reserved later is hardly due later,
   * more callers share the write, and the queue stays short. It also waits for the end of a pause, which may be extended.
   */
  const waitForQueue = async () => {
    const queueMs = bucket.nextAt() - bucket.now();
    const pauseMs = bucket.pausedUntil() - bucket.now();
    const leastMs = Math.min(...callers.map(patienceMs));
    const milliseconds = Math.max(Math.min(queueMs, leastMs - queueMs), Math.min(pauseMs, leastMs));
    if (milliseconds > 0 && Math.max(queueMs, pauseMs) <= aheadMs()) await wait(milliseconds);
  };
  /** @param lateMs how much later than usual the answer is expected. @returns how long it took. */
  const reserveBlock = async (lateMs: number): Promise<number> => {
    const start = bucket.now();
    const count = Math.min(Math.max(callers.length, minBlock), MAX_BLOCK);
    const first = await bucket.reserve(count * intervalMs, start + lateMs - savedMs, start + aheadMs());
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
          // Also without a queue, callers that ask within the same tick share a block.
          await waitForQueue();
          const tookMs = await reserveBlock(lateMs);
          // When the table is slow, permits expire before its answer: the next ones are reserved for later.
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

import type { Bucket, LimitName } from './bucket.ts';
import { noPermit } from './limiter.ts';

/** @returns the time of a permit, within the deadline. @throws Failure as `Bucket.reserve` does. */
export type Permits = (deadline: number) => Promise<number>;

export interface PermitsOptions {
  readonly bucket: Bucket;
  readonly limit: LimitName;
  /** From one permit to the next. */
  readonly intervalMs: number;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** How far ahead permits are reserved. Beyond that, a message waits in SQS, at no cost, and not in a Lambda. */
const AHEAD_MS = 10_000;

/** Most permits that one write reserves; they are lost when a Lambda is killed. */
const BLOCK = 10;

/**
 * The share of the known queue's time during which callers are collected for a block. At least the time of one block,
 * so that the callers of the last one are back, but not the ten seconds that a block of heavy calls takes.
 */
const COLLECT_SHARE = 0.5;
const COLLECT_MIN_MS = 1000;

/** How long after its end a queue still counts. */
const FORGET_QUEUE_MS = 20_000;

interface Caller {
  readonly deadline: number;
  readonly resolve: (at: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Serves the callers of this process in order, several with one write. */
export function createPermits({ bucket, limit, intervalMs, now, wait }: PermitsOptions): Permits {
  const collectMinMs = Math.min(BLOCK * intervalMs, COLLECT_MIN_MS);
  const callers: Caller[] = [];
  let serving = false;
  let hasQueue = false;
  let queueEnd = 0;

  /**
   * Waits for more callers, where there is a queue: a permit reserved later is hardly due later. This also keeps the
   * queue short, because a process reserves its next block only when half of the queue has passed.
   */
  const collectCallers = async () => {
    if (!hasQueue || now() > queueEnd + FORGET_QUEUE_MS) return;
    const queueMs = queueEnd - now();
    const spareMs = Math.min(...callers.map(({ deadline }) => deadline)) - now() - queueMs;
    await wait(Math.max(0, Math.min(spareMs, Math.max(collectMinMs, queueMs * COLLECT_SHARE))));
  };
  const serveBlock = async () => {
    await collectCallers();
    const permits = Math.min(callers.length, BLOCK);
    const patienceMs = Math.max(...callers.map(({ deadline }) => deadline)) - now();
    // Until the bucket says otherwise: a refusal means that there is one.
    hasQueue = true;
    const first = await bucket.reserve(limit, permits, intervalMs, Math.min(AHEAD_MS, patienceMs));
    hasQueue = first > now() + intervalMs;
    queueEnd = first + permits * intervalMs;
    for (const [index, { deadline, resolve, reject }] of callers.splice(0, permits).entries()) {
      const at = first + index * intervalMs;
      if (at > deadline) reject(noPermit(at - now()));
      else resolve(at);
    }
  };
  const serve = async () => {
    if (serving) return;
    serving = true;
    try {
      // Callers that ask within the same tick share a block.
      await undefined;
      while (callers.length > 0) await serveBlock();
    } catch (error) {
      for (const { reject } of callers.splice(0)) reject(error);
    } finally {
      serving = false;
    }
  };
  return (deadline) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    callers.push({ deadline, resolve, reject });
    serve();
    return promise;
  };
}

import { Failure } from '../failure.ts';
import type { Pace, RateBucket } from '../store/rate-bucket.ts';

/** Most turns that one write reserves: what a Lambda wastes at most when it dies. */
const BLOCK = 10;

/** For how much of the time that is taken already callers are gathered for a block. */
const GATHER_SHARE = 0.5;

export interface Turn {
  /** When it is, in the bucket's time. */
  readonly at: number;
  /** To be asked when it has come: it is none any more, for everybody is to pause. */
  isTakenAway(): Promise<boolean>;
}

interface Caller {
  readonly deadline: number;
  readonly go: (turn: Turn) => void;
  readonly fail: (failure: Failure) => void;
}

/**
 * Serves the callers of this process in order, with turns of one limit.
 *
 * @returns asks for a turn that must come by a deadline, in the bucket's time. @throws Failure `retry`, code `rate-limit`
 */
export function createTurns(options: {
  readonly bucket: RateBucket;
  readonly name: string;
  readonly pace: Pace;
  readonly mostAheadMs: number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}): (deadline: number) => Promise<Turn> {
  const { bucket, name, pace, mostAheadMs, wait } = options;
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
    await wait(Math.max(BLOCK * pace(false), ahead * GATHER_SHARE));
  };
  const turnAt = (at: number): Turn => {
    const isBehindPause = bucket.emptiedUntil(name) > bucket.clock.now();
    return {
      at,
      async isTakenAway() {
        // Nobody has had reason to write meanwhile, so nothing has been heard: has the pause become longer?
        if (isBehindPause) await bucket.ask(name).catch(() => {});
        return at < bucket.emptiedUntil(name);
      },
    };
  };
  const serveBlock = async () => {
    await gather();
    const block = Math.min(callers.length, BLOCK);
    const reserved = await bucket.reserve(name, block, pace, mostAheadMs);
    const served = callers.splice(0, reserved === undefined ? callers.length : block);
    if (reserved === undefined) {
      contended = true;
      for (const caller of served) caller.fail(comeBack(mostAheadMs));
      return;
    }
    const { first, intervalMs } = reserved;
    contended = first > bucket.clock.now() + intervalMs;
    takenUntil = first + block * intervalMs;
    for (const [index, caller] of served.entries()) {
      const at = first + index * intervalMs;
      if (at > caller.deadline) caller.fail(comeBack(mostAheadMs));
      else caller.go(turnAt(at));
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

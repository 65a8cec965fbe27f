export type VirtualClock = ReturnType<typeof virtualClock>;

/** Time that passes only when everybody waits for it. */
export function virtualClock(start = 0) {
  let now = start;
  let held = 0;
  let waiting: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    wait: (milliseconds: number) =>
      new Promise<void>((wake) => {
        waiting.push({ at: now + milliseconds, wake });
      }),
    /** No time passes while this is being done. */
    async hold<T>(work: Promise<T>): Promise<T> {
      held += 1;
      try {
        return await work;
      } finally {
        held -= 1;
      }
    },
    /** Lets everything that was started come to its end, waking one waiter after the other. */
    async run<T>(work: Promise<T>): Promise<T> {
      let done = false;
      const finished = work.finally(() => {
        done = true;
      });
      finished.catch(() => {});
      while (!done) {
        // Everything that can continue without time continues first.
        await new Promise(setImmediate);
        if (held > 0) continue;
        const next = waiting.toSorted((a, b) => a.at - b.at)[0];
        if (next === undefined) continue;
        waiting = waiting.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.wake();
      }
      return finished;
    },
  };
}

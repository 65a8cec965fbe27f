type Listener = (snapshot: string) => void;

/**
 * Sends each listener a snapshot whenever it has changed, `null` if none can be taken. Idle without listeners.
 *
 * @param everyMs minimum time between two snapshots.
 */
export function createLive(takeSnapshot: () => Promise<object>, everyMs: number) {
  const listeners = new Set<Listener>();
  let timer: NodeJS.Timeout | undefined;
  let last = '';
  let isStopped = false;

  async function tick(): Promise<void> {
    if (listeners.size === 0) {
      timer = undefined;
      last = '';
      return;
    }
    const startedAt = Date.now();
    // Set at once, so that two listeners do not start two snapshots.
    timer = setTimeout(() => {}, 0);
    // Without a snapshot, the stack is stopping, or a backend is too busy; the next tick tries again.
    const snapshot = JSON.stringify(await takeSnapshot().catch(() => null));
    if (snapshot !== last) {
      last = snapshot;
      for (const listener of listeners) listener(snapshot);
    }
    if (isStopped) return;
    // A slow snapshot must not take all the time.
    timer = setTimeout(() => void tick(), Math.max(everyMs, Date.now() - startedAt));
  }

  return {
    /** @returns a function that stops listening. */
    listen(listener: Listener): () => void {
      listeners.add(listener);
      // A new listener gets the current state immediately, even if it does not change.
      if (last !== '' && timer !== undefined) listener(last);
      if (timer === undefined) void tick();
      return () => void listeners.delete(listener);
    },
    stop(): void {
      isStopped = true;
      listeners.clear();
      clearTimeout(timer);
    },
  };
}

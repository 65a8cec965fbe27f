/** Time to stop, less than the five seconds that a stack may take. */
const STOP_TIMEOUT_MS = 4000;

/** Interval of checking whether npm still runs. */
const CHECK_INTERVAL_MS = 250;

/** Resolves at the first SIGINT or SIGTERM. A second one ends the process at once. */
export async function untilSignalled(): Promise<void> {
  const signalled = Promise.withResolvers<void>();
  let isFirst = true;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!isFirst) process.exit(1);
      isFirst = false;
      signalled.resolve();
    });
  }
  if (process.env.npm_lifecycle_event !== undefined) whenOrphaned(signalled.resolve);
  await signalled.promise;
}

/**
 * Calls `listener` once the parent process has changed. npm forwards SIGTERM to a shell in between, which exits
 * without forwarding it, and leaves no other sign.
 */
function whenOrphaned(listener: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    listener();
  }, CHECK_INTERVAL_MS);
  timer.unref();
}

/** Exits once `stop` has finished, and after four seconds at the latest. */
export async function endAfter(stop: () => Promise<void>, status: number): Promise<never> {
  setTimeout(() => process.exit(status), STOP_TIMEOUT_MS);
  await stop();
  process.exit(status);
}

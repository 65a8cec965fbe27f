/** Less than the five seconds that a stack may take to end. */
const PATIENCE_MS = 4000;

/** How often is looked whether npm is still there. */
const LOOK_EVERY_MS = 250;

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
 * npm hands SIGTERM on to the shell in between, which ends without handing it on: that the shell is gone is all
 * that this process gets to know.
 */
function whenOrphaned(tell: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    tell();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** Ends the process once `stop` is through, or after four seconds in any case. */
export async function endAfter(stop: () => Promise<void>, status: number): Promise<never> {
  setTimeout(() => process.exit(status), PATIENCE_MS);
  await stop();
  process.exit(status);
}

/** Reports Ctrl-C, so that a command can stop where it can be resumed. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening: from now on, Ctrl-C ends the process at once. */
  [Symbol.dispose](): void;
}

/** Listens for Ctrl-C. A second one ends the process at once. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const stop = () => {
    for (const name of names) process.off(name, interrupt);
  };
  const interrupt = () => {
    stop();
    controller.abort();
  };
  for (const name of names) process.on(name, interrupt);
  return { signal: controller.signal, [Symbol.dispose]: stop };
}

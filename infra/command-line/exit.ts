import { styleText } from 'node:util';
import { UsageError } from './commands.ts';
import { errorText } from './error-text.ts';
import { printableText } from './screen.ts';

/** Exit statuses (docs/commands.md). Unless it is `success`, standard output may be incomplete. */
export const EXIT = { success: 0, failure: 1, usage: 2 } as const;

/** Prints the error's message to standard error. @returns the exit status. */
export function reportError(error: unknown): number {
  const message = printableText(errorText(error));
  process.stderr.write(`${styleText('red', 'error:', { stream: process.stderr })} ${message}\n`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failure;
}

/** Ends this process silently when the reader of its output, such as `head`, closes the pipe early. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (stream === process.stdout) process.exit();
    });
  }
}

/**
 * Listens for Ctrl-C until it is disposed of, so that a command can stop where it can be resumed. A second Ctrl-C ends the
 * process at once.
 */
export function listenForInterruption(): Disposable & { readonly signal: AbortSignal } {
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

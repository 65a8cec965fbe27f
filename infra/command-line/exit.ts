import { styleText } from 'node:util';
import { UsageError } from './commands.ts';

/** Documented in the README; anything but `success` means that standard output must not be relied upon. */
export const EXIT = { success: 0, failure: 1, usage: 2 } as const;

/** Prints what went wrong to standard error. @returns the exit status. */
export function reportError(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${styleText('red', 'error:', { stream: process.stderr })} ${message}\n`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failure;
}

/** The reader of a pipe, such as `head`, may close it early: then this process ends, without a word. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (stream === process.stdout) process.exit();
    });
  }
}

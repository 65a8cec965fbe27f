import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { UsageError } from './commands.ts';

/** Streams for a question: standard input and standard error, because standard output may be JSON. */
interface Prompt {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}

const STANDARD: Prompt = { input: process.stdin, output: process.stderr };

/**
 * Shows the plan and asks for confirmation.
 *
 * @param signal aborts the question, which counts as a no.
 * @throws Error if the answer is not yes; UsageError if there is no terminal to ask on.
 */
export async function confirm(
  plan: string,
  { isAgreed, signal, prompt = STANDARD }: { isAgreed: boolean; signal?: AbortSignal; prompt?: Prompt },
): Promise<void> {
  const { input, output } = prompt;
  output.write(`${plan}\n`);
  if (isAgreed) return;
  if (input.isTTY !== true || output.isTTY !== true) {
    throw new UsageError('nothing was done: without a terminal to ask on, this needs --yes');
  }
  output.write('Do it? [y/N] ');
  // Not in raw mode: Ctrl-C stays a signal.
  const lines = createInterface({ input, terminal: false });
  try {
    const line = once(lines, 'line', { signal }).then(([text]) => String(text));
    const end = once(lines, 'close').then(() => '');
    const answer = await Promise.race([line, end]).catch(() => '');
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error('nothing was done');
  } finally {
    lines.close();
  }
}

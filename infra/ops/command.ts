import type { Readable } from 'node:stream';
import type { ParseArgsConfig } from 'node:util';
import type { Target } from './target.ts';

/** The flags and arguments of one call, as `node:util` parses them. */
export interface Call {
  readonly arguments: readonly string[];
  /** The value of a flag that takes one. */
  text(flag: string): string | undefined;
  /** Whether a flag that takes no value is there. */
  flag(name: string): boolean;
  readonly json: boolean;
}

/** One `ops` command. */
export interface Command {
  /** As in `npm run -s ops -- <usage>`. */
  readonly usage: string;
  readonly summary: string;
  /** When the exit status is 0. It is 1 whenever `run` throws. */
  readonly status0: string;
  /** Flags besides `--json`, `--data` and `--stage`, which every command has. */
  readonly options?: NonNullable<ParseArgsConfig['options']>;
  /**
   * @returns what goes to standard output: a stream as it is, anything else as JSON with `--json`, or as `text`.
   * @throws UsageError for wrong arguments; Error when it cannot be done.
   */
  run(target: Target, call: Call): Promise<Output>;
}

export type Output = { readonly stream: Readable } | { readonly document: unknown; readonly text: string };

/** The call itself is wrong: the usage is shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function requiredArgument(call: Call, index: number, what: string): string {
  const value = call.arguments[index];
  if (value === undefined) throw new UsageError(`${what} is missing`);
  return value;
}

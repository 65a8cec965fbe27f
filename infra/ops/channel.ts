import { UsageError } from '../command-line/commands.ts';
import type { Target } from './target.ts';

/** @throws UsageError for what is no channel of the stack. */
export function checkChannel({ queues }: Target, channel: string): void {
  if (!Object.hasOwn(queues, channel))
    throw new UsageError(`channel is one of: ${Object.keys(queues).join(' ')}`);
}

import { UsageError } from '../command-line/commands.ts';
import { suggestion } from '../command-line/suggestion.ts';
import type { Target } from './target.ts';

/** Error for a channel that the stack does not have. */
export function unknownChannel(channel: string, { queues }: Pick<Target, 'queues'>): UsageError {
  const names = Object.keys(queues);
  return new UsageError(
    `there is no channel ${channel}${suggestion(channel, names)}; channel is one of: ${names.join(' ')}`,
  );
}

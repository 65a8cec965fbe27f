import { UsageError } from '../../command-line/commands.ts';
import type { Target } from '../target.ts';

export interface ChannelQueues {
  readonly channel: string;
  readonly url: string;
  readonly dlqUrl: string;
}

/** The queues of a channel. @throws UsageError */
export function channelQueues({ queues }: Target, channel: string): ChannelQueues {
  const found = Object.hasOwn(queues, channel) ? queues[channel] : undefined;
  if (found === undefined) throw new UsageError(`channel is one of: ${Object.keys(queues).join(' ')}`);
  if (found.dlqUrl === null) throw new UsageError(`${channel} has no dead-letter queue`);
  return { channel, url: found.url, dlqUrl: found.dlqUrl };
}

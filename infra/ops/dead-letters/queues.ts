import { UsageError } from '../../command-line/commands.ts';
import type { Target } from '../target.ts';
import { unknownChannel } from '../unknown-channel.ts';

export interface ChannelQueues {
  readonly channel: string;
  readonly url: string;
  readonly dlqUrl: string;
}

/** The queues of a channel. @throws UsageError */
export function channelQueues(target: Target, channel: string): ChannelQueues {
  const { queues } = target;
  const found = Object.hasOwn(queues, channel) ? queues[channel] : undefined;
  if (found === undefined) throw unknownChannel(channel, target);
  if (found.dlqUrl === null) throw new UsageError(`${channel} has no dead-letter queue`);
  return { channel, url: found.url, dlqUrl: found.dlqUrl };
}

/** The queues of one channel, or of all that have a dead-letter queue. @throws UsageError */
export function deadLetterQueues(target: Target, channel?: string): ChannelQueues[] {
  if (channel !== undefined) return [channelQueues(target, channel)];
  return Object.entries(target.queues).flatMap(([name, { url, dlqUrl }]) =>
    dlqUrl === null ? [] : [{ channel: name, url, dlqUrl }],
  );
}

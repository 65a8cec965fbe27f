import { type QueueDepth, queueDepth, total } from './queue-depth.ts';
import type { Target } from './target.ts';

/** What a channel's queue and its dead-letter queue hold. */
export interface QueueState extends QueueDepth {
  readonly channel: string;
  readonly dlq: number;
  /** Of the oldest message; `null` where the queue is empty, or its age is not known. */
  readonly ageSeconds: number | null;
  readonly dlqAgeSeconds: number | null;
}

/** The queues of every channel, and the age of their oldest messages. @throws what SQS or CloudWatch throws. */
export async function readQueueStates({
  sqs,
  queues,
  queueAges,
}: Pick<Target, 'sqs' | 'queues' | 'queueAges'>): Promise<QueueState[]> {
  const ages = await queueAges();
  return Promise.all(
    Object.entries(queues).map(async ([channel, { url, dlqUrl }]) => {
      const [queue, dlq] = await Promise.all([
        queueDepth(sqs, url),
        dlqUrl === null ? undefined : queueDepth(sqs, dlqUrl),
      ]);
      // In a dead-letter queue a message in flight is still there.
      const dead = dlq === undefined ? 0 : total(dlq);
      return {
        channel,
        ...queue,
        dlq: dead,
        // CloudWatch may still have the age of a message that is gone.
        ageSeconds: total(queue) === 0 ? null : (ages.get(url) ?? null),
        dlqAgeSeconds: dead === 0 ? null : (ages.get(dlqUrl ?? '') ?? null),
      };
    }),
  );
}

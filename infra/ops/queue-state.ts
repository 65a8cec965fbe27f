import { type QueueDepth, queueDepth, total } from './queue-depth.ts';
import type { Target } from './target.ts';

/** Content of a channel's queue and of its dead-letter queue. */
export interface QueueState extends QueueDepth {
  readonly channel: string;
  readonly dlq: number;
  /** Age of the oldest message; `null` if the queue is empty, or its age is not known. */
  readonly ageSeconds: number | null;
  readonly dlqAgeSeconds: number | null;
}

/** Reads the queues of every channel, and the age of their oldest messages. @throws the error of SQS or CloudWatch. */
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
      // A message in flight is still in its dead-letter queue.
      const dead = dlq === undefined ? 0 : total(dlq);
      return {
        channel,
        ...queue,
        dlq: dead,
        // CloudWatch may still report the age of a message that is gone.
        ageSeconds: total(queue) === 0 ? null : (ages.get(url) ?? null),
        dlqAgeSeconds: dead === 0 ? null : (ages.get(dlqUrl ?? '') ?? null),
      };
    }),
  );
}

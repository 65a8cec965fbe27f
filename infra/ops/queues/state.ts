import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Target } from '../target/target.ts';

/**
 * Reads the queues and dead-letter queues of every channel, and the age of their oldest messages: `null` if a queue is empty, or
 * its age is not known.
 *
 * @throws the error of SQS or CloudWatch.
 */
export async function readQueueStates({
  sqs,
  queues,
  queueAges,
}: Pick<Target, 'sqs' | 'queues' | 'queueAges'>) {
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

interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** Counts the messages of a queue; SQS's counts may be a minute old. */
export async function queueDepth(sqs: SQSClient, QueueUrl: string): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

export function total({ visible, inFlight, delayed }: QueueDepth): number {
  return visible + inFlight + delayed;
}

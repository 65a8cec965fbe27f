import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from '../command.ts';
import { tableText } from '../table-text.ts';

export const queues: Command = {
  usage: 'queues',
  summary: 'how many messages are where; `dlq` should be 0 everywhere',
  async run({ sqs, queues: channels }) {
    const document = await Promise.all(
      Object.entries(channels).map(async ([channel, { url, dlqUrl }]) => {
        const [queue, dlq] = await Promise.all([
          countMessages(sqs, url),
          dlqUrl === null ? undefined : countMessages(sqs, dlqUrl),
        ]);
        // In a dead-letter queue a message that somebody is looking at is there all the same.
        return { channel, ...queue, dlq: dlq === undefined ? 0 : dlq.visible + dlq.inFlight + dlq.delayed };
      }),
    );
    const rows = document.map(({ channel, ...counts }) => [channel, ...Object.values(counts).map(String)]);
    return { document, text: tableText(['CHANNEL', 'VISIBLE', 'IN FLIGHT', 'DELAYED', 'DLQ'], rows) };
  },
};

async function countMessages(sqs: SQSClient, QueueUrl: string) {
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

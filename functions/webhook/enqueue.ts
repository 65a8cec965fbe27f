import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Envelope } from '../../shared/events/envelope.ts';
import { messageGroupId, serialiseEnvelope } from '../../shared/events/queue-message.ts';

/** Two attempts of 1.5 s: Ocrolus times out after 5 s and retries (docs/ocrolus.md#response-time). */
const client = new SQSClient({
  maxAttempts: 2,
  requestHandler: { requestTimeout: 1500, throwOnRequestTimeout: true, connectionTimeout: 500 },
});

/** Resolves when SQS has accepted the message. @throws the error of the SDK. */
export async function enqueue(queueUrl: string, envelope: Envelope): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: serialiseEnvelope(envelope),
      MessageGroupId: messageGroupId(envelope),
    }),
  );
}

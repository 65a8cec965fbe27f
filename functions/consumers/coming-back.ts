import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const client = new SQSClient({ maxAttempts: 3 });

export async function changeVisibility(
  queueUrl: string,
  receiptHandle: string,
  seconds: number,
): Promise<void> {
  await client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}

/**
 * Sends the text of a message as a new one, which has not been received yet.
 *
 * @param group its `MessageGroupId`.
 * @param seconds until it can be received, 0 to 900 (AWS: SendMessage).
 */
export async function sendAnew(
  queueUrl: string,
  body: string,
  group: string,
  seconds: number,
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageGroupId: group,
      DelaySeconds: seconds,
    }),
  );
}

const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 900;

/**
 * How long a message that failed stays out of sight: 5 s, doubling to 15 minutes, a quarter of it jitter. With
 * the 20 receives that a queue allows this adds up to more than two hours of Ocrolus being down, at the least.
 *
 * @param attempts how often the message has been received, from 1.
 * @param random 0 to 1.
 */
export function retrySeconds(attempts: number, random: number, atLeastSeconds = 0): number {
  const full = Math.min(FIRST_SECONDS * 2 ** Math.min(attempts - 1, 20), LONGEST_SECONDS);
  return Math.max(Math.ceil(full * (0.75 + random / 4)), Math.min(atLeastSeconds, LONGEST_SECONDS));
}

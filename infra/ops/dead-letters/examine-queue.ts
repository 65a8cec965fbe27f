import {
  ChangeMessageVisibilityBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type DeadLetter, readDeadLetter } from './dead-letter.ts';

/**
 * Time for which a message is invisible while the others are examined, so that it is not received twice. If this
 * process is killed, the message becomes visible after that time.
 */
const HOLD_SECONDS = 600;

/** Maximum number of messages in one request (AWS: SQS quotas). */
const BATCH = 10;

/** Long polling asks every server of SQS. With short polling, an empty answer proves nothing. */
const WAIT_SECONDS = 1;

/** Result of handling a message: it stays, was deleted, or was sent elsewhere under another id. */
export type Disposition = 'stays' | 'deleted' | { readonly sentAs: string };

/**
 * Examines each message of a dead-letter queue once. Messages that stay are visible again afterwards, even after an
 * error. A message that fails again meanwhile is not examined again.
 *
 * @param handle called for up to ten messages at a time.
 * @param isOver whether to stop early; asked before each message.
 * @returns the number of examined messages.
 * @throws the error of SQS or `handle`.
 */
export async function examineQueue(
  sqs: SQSClient,
  queueUrl: string,
  handle: (letter: DeadLetter) => Promise<Disposition>,
  isOver: () => boolean,
): Promise<number> {
  const seen = new Set<string>();
  /** Receipt handles by message id. */
  const held = new Map<string, string>();
  let examined = 0;
  let consecutiveKnown = 0;

  const examine = async (letter: DeadLetter) => {
    if (isOver()) return;
    examined += 1;
    const disposition = await handle(letter);
    if (disposition === 'stays') return;
    held.delete(letter.messageId);
    if (disposition !== 'deleted') seen.add(disposition.sentAs);
  };
  try {
    while (!isOver()) {
      const letters = await receive(sqs, queueUrl);
      if (letters.length === 0) break;
      const unseen = letters.filter(({ messageId }) => !seen.has(messageId));
      // A message whose hold has expired is received again. After as many of those as are known, nothing is new.
      consecutiveKnown = unseen.length > 0 ? 0 : consecutiveKnown + letters.length;
      if (consecutiveKnown > seen.size) break;
      for (const { messageId, receiptHandle } of letters) {
        seen.add(messageId);
        held.set(messageId, receiptHandle);
      }
      const handled = await Promise.allSettled(unseen.map(examine));
      for (const one of handled) if (one.status === 'rejected') throw one.reason;
    }
  } finally {
    await putBack(sqs, queueUrl, [...held.values()]);
  }
  return examined;
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<DeadLetter[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: BATCH,
      VisibilityTimeout: HOLD_SECONDS,
      WaitTimeSeconds: WAIT_SECONDS,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages.map(readDeadLetter);
}

/** Makes messages visible again. One that is not put back becomes visible after `HOLD_SECONDS`. */
async function putBack(sqs: SQSClient, QueueUrl: string, receiptHandles: readonly string[]): Promise<void> {
  for (let start = 0; start < receiptHandles.length; start += BATCH) {
    const Entries = receiptHandles.slice(start, start + BATCH).map((ReceiptHandle, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}

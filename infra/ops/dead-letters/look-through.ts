import {
  ChangeMessageVisibilityBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type DeadLetter, readDeadLetter } from './dead-letter.ts';

/**
 * How long a message is out of sight while the others are looked at: nobody else takes it, and it is not handed out
 * twice. So long it stays so, too, when this process is killed.
 */
const HOLD_SECONDS = 600;

/** Of one request (AWS: SQS quotas). */
const BATCH = 10;

/** Asks every server of SQS instead of a few, which an empty answer must come from. */
const WAIT_SECONDS = 1;

/** What became of a message: it stays, it was deleted, or it was taken out and sent elsewhere under another id. */
export type Fate = 'stays' | 'deleted' | { readonly sentAs: string };

/**
 * Looks at each message of a dead-letter queue once. Those that stay are visible again in the end, whatever
 * happens. A message that comes back while this runs, having failed again, is not looked at again.
 *
 * @param visit up to ten at a time.
 * @param isOver whether to stop before everything was looked at.
 * @returns how many were looked at.
 * @throws what SQS and `visit` throw.
 */
export async function lookThrough(
  sqs: SQSClient,
  queueUrl: string,
  visit: (letter: DeadLetter) => Promise<Fate>,
  isOver: () => boolean,
): Promise<number> {
  const seen = new Set<string>();
  /** Receipt handles by message id. */
  const held = new Map<string, string>();
  let examined = 0;
  let knownInARow = 0;

  const look = async (letter: DeadLetter) => {
    if (isOver()) return;
    examined += 1;
    const fate = await visit(letter);
    if (fate === 'stays') return;
    held.delete(letter.messageId);
    if (fate !== 'deleted') seen.add(fate.sentAs);
  };
  try {
    while (!isOver()) {
      const letters = await receive(sqs, queueUrl);
      if (letters.length === 0) break;
      const unseen = letters.filter(({ messageId }) => !seen.has(messageId));
      // Held for too long, they come again: once round, and there is nothing new.
      knownInARow = unseen.length > 0 ? 0 : knownInARow + letters.length;
      if (knownInARow > seen.size) break;
      for (const { messageId, receiptHandle } of letters) {
        seen.add(messageId);
        held.set(messageId, receiptHandle);
      }
      const looked = await Promise.allSettled(unseen.map(look));
      for (const one of looked) if (one.status === 'rejected') throw one.reason;
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

/** One that is not put back comes back by itself. */
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

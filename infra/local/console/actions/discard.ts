import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { examineQueue } from '../../../ops/dead-letters/examine-queue.ts';

/**
 * Saves a message to a file, then deletes it from its dead-letter queue.
 *
 * @returns the file.
 * @throws Error if the message is not there.
 */
export async function discard(
  sqs: SQSClient,
  dlqUrl: string,
  messageId: string,
  folder: string,
): Promise<string> {
  let file: string | undefined;
  await examineQueue(
    sqs,
    dlqUrl,
    async (letter) => {
      if (letter.messageId !== messageId) return 'stays';
      await mkdir(folder, { recursive: true, mode: 0o700 });
      file = join(folder, `${letter.messageId}.json`);
      await writeFile(file, letter.body, { mode: 0o600 });
      await sqs.send(new DeleteMessageCommand({ QueueUrl: dlqUrl, ReceiptHandle: letter.receiptHandle }));
      return 'deleted';
    },
    () => file !== undefined,
  );
  if (file === undefined) throw new Error(`message ${messageId} is no longer in the dead-letter queue`);
  return file;
}

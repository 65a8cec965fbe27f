import { writeFile } from 'node:fs/promises';
import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { pathValue } from '../../command-line/paths.ts';
import { findById, handleById } from '../dead-letters/find-by-id.ts';
import { changingCommand, type Output, type Run, type Session } from '../stack-command.ts';

export function dlqDiscardCommand(run: Run) {
  return changingCommand('discard', {
    summary: 'save a dead letter to a file, then delete it from its queue',
    description:
      'The file holds the whole message, with the body of the delivery: borrower’s data, which only you can read. The ledger keeps the ' +
      'delivery too ("ops replay --delivery"), unless the message cannot be read.',
    status0: 'it is saved, and no longer in a dead-letter queue.',
    examples: [
      ['ops dlq discard DELIVERY_ID', 'to dead-letter-DELIVERY_ID.json'],
      ['ops dlq discard MESSAGE_ID --to kept.json --stage prod', 'one that cannot be read, to another file'],
    ],
  })
    .argument('<id>', 'of the delivery, or of the message where it cannot be read')
    .option('--to <file>', 'a new file to save it to', pathValue)
    .action((id, options, command) =>
      run(command.optsWithGlobals(), (session) => discard(session, id, options.to)),
    );
}

async function discard({ target, confirm }: Session, id: string, file: string | undefined): Promise<Output> {
  const [letter, ...others] = await findById(target, id);
  if (letter === undefined) throw new Error(`${id} is in no dead-letter queue`);
  if (others.length > 0)
    throw new Error(`${others.length + 1} messages have this id: name one by its message id`);
  const { channel, messageId, event } = letter;
  const path = file ?? pathValue(`dead-letter-${fileName(id)}.json`);
  await confirm(
    `save the dead letter ${id} (${event ?? 'unreadable'}) of ${channel} to ${path}, and delete it`,
  );
  const deleted = await handleById(
    target,
    messageId,
    async ({ body, receiptHandle, sentAt, group }, { dlqUrl }) => {
      const saved = { channel, messageId, sentAt, ...(group !== undefined && { group }), body };
      // Never overwrites a file: it may hold a message that exists nowhere else.
      await writeFile(path, `${JSON.stringify(saved, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
      await target.sqs.send(new DeleteMessageCommand({ QueueUrl: dlqUrl, ReceiptHandle: receiptHandle }));
      return 'deleted';
    },
    channel,
  );
  if (deleted === 0) throw new Error(`${id} is no longer there; nothing was deleted`);
  return { document: { channel, messageId, file: path }, text: `${id}: deleted, saved to ${path}` };
}

/** Makes an id safe for a file name: ids of Ocrolus may contain any character. */
function fileName(id: string): string {
  return id.replaceAll(/[^\w-]/g, '_').slice(0, 100);
}

import { writeFile } from 'node:fs/promises';
import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { pathValue } from '../../../command-line/paths.ts';
import { printable } from '../../../command-line/screen.ts';
import { tableOrNote } from '../../../command-line/table-text.ts';
import { describeWhy } from '../../dead-letters/describe.ts';
import { type DeadLetterDetails, examineAll, findById, handleById } from '../../dead-letters/examine.ts';
import { channel, deliveryId } from '../../options.ts';
import { changingCommand, type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';

export function dlqCommand(run: Run) {
  return stackCommand('dlq', {
    summary: 'list dead letters and why they failed; removes nothing',
    description:
      'It takes up to a second for each channel, in which other readers do not see the messages; one that is killed hides them for ten ' +
      'minutes. SQS counts a receive of each, which has no effect on a dead letter. ATTEMPTS are those of the ledger. The age is that of ' +
      'the message, not the time since it was moved here.',
    status0: 'every message was examined, whatever was found.',
    examples: [
      ['ops dlq', 'of every channel, oldest first'],
      ['ops dlq doc-verified --stage prod --json', 'of one channel, for a program'],
      ['ops dlq show DELIVERY_ID', 'one of them'],
      ['ops dlq discard DELIVERY_ID --stage prod', 'delete one, after saving it to a file'],
    ],
  })
    .argument('[channel]', 'the channel, as "ops queues" names it; every one when left out', channel)
    .action((name, options) => run(options, (session) => showDeadLetters(session, name)))
    .addCommand(dlqShowCommand(run))
    .addCommand(dlqDiscardCommand(run));
}

async function showDeadLetters({ target, screen }: Session, name: string | undefined): Promise<Output> {
  using interruption = listenForInterruption();
  const document = await examineAll(target, name, interruption.signal);
  const rows = document.map((one) => [
    one.channel,
    one.event ?? '-',
    one.book ?? '-',
    one.deliveryId ?? one.messageId,
    String(one.attempts ?? '-'),
    one.firstReceived ?? '-',
    String(one.ageSeconds),
    one.codes.at(-1) ?? '-',
    describeWhy(one),
  ]);
  const header = [
    'CHANNEL',
    'EVENT',
    'BOOK',
    'DELIVERY',
    'ATTEMPTS',
    'FIRST RECEIVED',
    'AGE S',
    'LAST CODE',
    'WHY',
  ];
  return { document, text: tableOrNote(header, rows, { screen, note: 'no dead letters' }) };
}

function dlqShowCommand(run: Run) {
  return stackCommand('show', {
    summary: 'one dead letter: ids, codes and times, without its body',
    status0: 'it is in a dead-letter queue.',
    examples: [['ops dlq show DELIVERY_ID --stage prod', 'by the id that "ops dlq" shows']],
  })
    .argument('<id>', 'of the delivery, or of the message where it cannot be read', deliveryId)
    .action((id, _, command) => run(command.optsWithGlobals(), (session) => show(session, id)));
}

async function show({ target }: Session, id: string): Promise<Output> {
  using interruption = listenForInterruption();
  const document = await findById(target, id, interruption.signal);
  if (document.length === 0) throw new Error(`${id} is in no dead-letter queue`);
  return { document, text: document.map(textOf).join('\n\n') };
}

function textOf(letter: DeadLetterDetails): string {
  const { ids, codes: _, why: __, outcome: ___, ...facts } = letter;
  return Object.entries({ ...facts, ...ids, why: describeWhy(letter) })
    .map(([name, value]) => `${name.padEnd('uploadedDocUuid'.length)}  ${printable(String(value ?? '-'))}`)
    .join('\n');
}

function dlqDiscardCommand(run: Run) {
  return changingCommand('discard', {
    summary: 'save a dead letter to a file, then delete it from its queue',
    description:
      'It asks first, for the local stack too. The file holds the whole message, with the body of the delivery: borrower’s data, which only you can read. The ledger keeps the ' +
      'delivery too ("ops replay --delivery"), unless the message cannot be read.',
    status0: 'it is saved, and no longer in a dead-letter queue.',
    examples: [
      ['ops dlq discard DELIVERY_ID --yes', 'to dead-letter-DELIVERY_ID.json, without a question'],
      ['ops dlq discard MESSAGE_ID --to kept.json --stage prod', 'one that cannot be read, to another file'],
    ],
  })
    .argument('<id>', 'of the delivery, or of the message where it cannot be read', deliveryId)
    .option('--to <file>', 'a new file to save it to', pathValue)
    .action((id, options, command) =>
      run(command.optsWithGlobals(), (session) => discard(session, id, options.to)),
    );
}

async function discard(
  { target, confirmAnywhere }: Session,
  id: string,
  file: string | undefined,
): Promise<Output> {
  using interruption = listenForInterruption();
  const { signal } = interruption;
  const [letter, ...others] = await findById(target, id, signal);
  if (letter === undefined) throw new Error(`${id} is in no dead-letter queue`);
  if (others.length > 0)
    throw new Error(`${others.length + 1} messages have this id: name one by its message id`);
  const { messageId, event } = letter;
  const path = file ?? pathValue(`dead-letter-${fileName(id)}.json`);
  await confirmAnywhere(
    `save the dead letter ${id} (${event ?? 'unreadable'}) of ${letter.channel} to ${path}, and delete it`,
    signal,
  );
  const deleted = await handleById(
    target,
    messageId,
    async ({ body, receiptHandle, sentAt, group }, { dlqUrl }) => {
      const saved = {
        channel: letter.channel,
        messageId,
        sentAt,
        ...(group !== undefined && { group }),
        body,
      };
      // Never overwrites a file: it may hold a message that exists nowhere else.
      await writeFile(path, `${JSON.stringify(saved, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
      await target.sqs.send(new DeleteMessageCommand({ QueueUrl: dlqUrl, ReceiptHandle: receiptHandle }));
      return 'deleted';
    },
    { channel: letter.channel, signal },
  );
  if (deleted === 0) throw new Error(`${id} is no longer there; nothing was deleted`);
  return {
    document: { channel: letter.channel, messageId, file: path },
    text: `${id}: deleted, saved to ${path}`,
  };
}

/** Makes an id safe for a file name: ids of Ocrolus may contain any character. */
function fileName(id: string): string {
  return id.replaceAll(/[^\w-]/g, '_').slice(0, 100);
}

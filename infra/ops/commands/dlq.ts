import { listenForInterruption } from '../../command-line/interruption.ts';
import { tableOrNote } from '../../command-line/table-text.ts';
import { describeWhy, examineAll } from '../dead-letters/examine.ts';
import { type Output, type Run, type Session, stackCommand } from '../stack-command.ts';
import { dlqDiscardCommand } from './dlq-discard.ts';
import { dlqShowCommand } from './dlq-show.ts';

export function dlqCommand(run: Run) {
  return stackCommand('dlq', {
    summary: 'list dead letters and why they failed; removes nothing',
    description:
      'Each call counts as a receive of every message, and takes up to a second for each channel. The age is that of the message, ' +
      'not the time since it was moved here.',
    status0: 'every message was examined, whatever was found.',
    examples: [
      ['ops dlq', 'of every channel, oldest first'],
      ['ops dlq doc-verified --stage prod --json', 'of one channel, for a program'],
      ['ops dlq show DELIVERY_ID', 'one of them'],
      ['ops dlq discard DELIVERY_ID --stage prod', 'delete one, after saving it to a file'],
    ],
  })
    .argument('[channel]', 'the channel, as "ops queues" names it; every one when left out')
    .action((channel, options) => run(options, (session) => showDeadLetters(session, channel)))
    .addCommand(dlqShowCommand(run))
    .addCommand(dlqDiscardCommand(run));
}

async function showDeadLetters({ target, screen }: Session, channel: string | undefined): Promise<Output> {
  using interruption = listenForInterruption();
  const document = await examineAll(target, channel, interruption.signal);
  const rows = document.map((one) => [
    one.channel,
    one.event ?? '-',
    one.book ?? '-',
    one.deliveryId ?? one.messageId,
    String(one.attempts),
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

import { tableText } from '../../../command-line/table-text.ts';
import { readQueueStates } from '../../queues/state.ts';
import { type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';

export function queuesCommand(run: Run) {
  return stackCommand('queues', {
    summary: 'number of messages in each queue, and the age of the oldest; every DLQ should be 0',
    description:
      'AGE S is the age of the oldest message, in seconds; OLDEST DLQ is the same for the dead-letter queue, in a stage since ' +
      'the message was moved there. CloudWatch reports ages some minutes late, and none for a queue that was idle for hours.',
    status0: 'all queues were counted, whatever they hold.',
    examples: [
      ['ops queues', 'as a table'],
      ['ops queues --stage prod --json', 'for a program'],
    ],
  }).action((options) => run(options, showQueues));
}

async function showQueues({ target, screen }: Session): Promise<Output> {
  const document = await readQueueStates(target);
  const rows = document.map(({ channel, ...counts }) => [
    channel,
    ...Object.values(counts).map((count) => String(count ?? '-')),
  ]);
  const header = ['CHANNEL', 'VISIBLE', 'IN FLIGHT', 'DELAYED', 'DLQ', 'AGE S', 'OLDEST DLQ'];
  return { document, text: tableText(header, rows, screen) };
}

import { tableText } from '../../command-line/table-text.ts';
import { queueDepth, total } from '../queue-depth.ts';
import { type Run, stackCommand } from '../stack-command.ts';

export function queuesCommand(run: Run) {
  return stackCommand('queues', {
    summary: 'how many messages are where; DLQ should be 0 everywhere',
    status0: 'all were counted, whatever is in them.',
    examples: [
      ['ops queues', 'as a table'],
      ['ops queues --stage prod --json', 'for a program'],
    ],
  }).action((options) =>
    run(options, async ({ target: { sqs, queues: channels }, screen }) => {
      const document = await Promise.all(
        Object.entries(channels).map(async ([channel, { url, dlqUrl }]) => {
          const [queue, dlq] = await Promise.all([
            queueDepth(sqs, url),
            dlqUrl === null ? undefined : queueDepth(sqs, dlqUrl),
          ]);
          // In a dead-letter queue, a message in flight is still there.
          return { channel, ...queue, dlq: dlq === undefined ? 0 : total(dlq) };
        }),
      );
      const rows = document.map(({ channel, ...counts }) => [channel, ...Object.values(counts).map(String)]);
      return {
        document,
        text: tableText(['CHANNEL', 'VISIBLE', 'IN FLIGHT', 'DELAYED', 'DLQ'], rows, screen),
      };
    }),
  );
}

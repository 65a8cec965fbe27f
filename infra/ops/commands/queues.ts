import { tableText } from '../../command-line/table-text.ts';
import { queueDepth, total } from '../queue-depth.ts';
import { type Output, type Run, type Session, stackCommand } from '../stack-command.ts';

export function queuesCommand(run: Run) {
  return stackCommand('queues', {
    summary: 'how many messages are where, and how old the oldest is; DLQ should be 0 everywhere',
    description:
      'AGE S is the age of the oldest message, in seconds; OLDEST DLQ the same in the dead-letter queue, against a stage since ' +
      'it came there. CloudWatch has them some minutes late, and not of a queue that was idle for hours.',
    status0: 'all were counted, whatever is in them.',
    examples: [
      ['ops queues', 'as a table'],
      ['ops queues --stage prod --json', 'for a program'],
    ],
  }).action((options) => run(options, showQueues));
}

async function showQueues({ target: { sqs, queues, queueAges }, screen }: Session): Promise<Output> {
  const ages = await queueAges();
  const document = await Promise.all(
    Object.entries(queues).map(async ([channel, { url, dlqUrl }]) => {
      const [queue, dlq] = await Promise.all([
        queueDepth(sqs, url),
        dlqUrl === null ? undefined : queueDepth(sqs, dlqUrl),
      ]);
      // In a dead-letter queue a message in flight is still there.
      const dead = dlq === undefined ? 0 : total(dlq);
      return {
        channel,
        ...queue,
        dlq: dead,
        // CloudWatch may still have the age of a message that is gone.
        ageSeconds: total(queue) === 0 ? null : (ages.get(url) ?? null),
        dlqAgeSeconds: dead === 0 ? null : (ages.get(dlqUrl ?? '') ?? null),
      };
    }),
  );
  const rows = document.map(({ channel, ...counts }) => [
    channel,
    ...Object.values(counts).map((count) => String(count ?? '-')),
  ]);
  const header = ['CHANNEL', 'VISIBLE', 'IN FLIGHT', 'DELAYED', 'DLQ', 'AGE S', 'OLDEST DLQ'];
  return { document, text: tableText(header, rows, screen) };
}

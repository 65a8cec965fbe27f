import type { Command } from '../command.ts';
import { type Description, describe } from '../dead-letters/describe.ts';
import { lookThrough } from '../dead-letters/look-through.ts';
import { channelQueues } from '../dead-letters/queues.ts';
import { listenForInterruption } from '../interruption.ts';
import { tableText } from '../table-text.ts';

export const dlq: Command = {
  usage: 'dlq <channel>',
  summary: 'what is in a dead-letter queue, and why; it stays there',
  async run(target, call) {
    const { dlqUrl } = channelQueues(target, call);
    const table = target.table();
    const document: Description[] = [];
    using interruption = listenForInterruption();
    await lookThrough(
      target.sqs,
      dlqUrl,
      async (letter) => {
        document.push(await describe(letter, table, Date.now()));
        return 'stays';
      },
      () => interruption.signal.aborted,
    );
    if (interruption.signal.aborted) throw new Error('interrupted; everything is still there');
    document.sort((a, b) => b.ageSeconds - a.ageSeconds);
    const rows = document.map((one) => [
      one.event ?? '-',
      one.book ?? '-',
      one.deliveryId ?? one.messageId,
      String(one.attempts),
      one.firstReceived ?? '-',
      String(one.ageSeconds),
      one.outcome === null ? one.why : `${one.why} (${one.outcome})`,
    ]);
    const header = ['EVENT', 'BOOK', 'DELIVERY', 'ATTEMPTS', 'FIRST RECEIVED', 'AGE S', 'WHY'];
    return { document, text: tableText(header, rows) };
  },
};

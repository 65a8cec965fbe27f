import { DeleteMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { messageGroupId } from '../../../shared/events/envelope.ts';
import type { Command } from '../command.ts';
import { type DeadLetter, matches } from '../dead-letters/dead-letter.ts';
import { type Fate, lookThrough } from '../dead-letters/look-through.ts';
import { type ChannelQueues, channelQueues } from '../dead-letters/queues.ts';
import { bookFlag, countFlag, paceFlag } from '../flags.ts';
import { listenForInterruption } from '../interruption.ts';
import { progressBar } from '../progress.ts';
import { queueDepth, total } from '../queue-depth.ts';

/** Message by message, because filters need a look at each: SQS's own redrive task takes all of them. */
export const redrive: Command = {
  usage: 'redrive <channel> [--event E] [--book U] [--limit N] [--dry-run] [--rate R]',
  summary:
    'a dead-letter queue back to its queue; may be interrupted and run twice. R: messages a second.\n' +
    '      Live deliveries queue up behind what is sent: use --rate where it is much',
  status0: 'all that were chosen are moved, none being an answer too',
  options: {
    event: { type: 'string' },
    book: { type: 'string' },
    limit: { type: 'string' },
    rate: { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  async run(target, call) {
    const { sqs } = target;
    const queues = channelQueues(target, call);
    const filter = { event: call.text('event'), bookId: bookFlag(call) };
    const limit = countFlag(call, 'limit') ?? Number.POSITIVE_INFINITY;
    const pace = paceFlag(call);
    const dryRun = call.flag('dry-run');

    const before = total(await queueDepth(sqs, queues.dlqUrl));
    const bar = progressBar(before);
    using interruption = listenForInterruption();
    let chosen = 0;
    let moved = 0;
    const visit = async (letter: DeadLetter): Promise<Fate> => {
      if (!matches(letter, filter)) return 'stays';
      chosen += 1;
      if (!dryRun) await pace();
      // Interrupted while waiting for the rate.
      if (interruption.signal.aborted) return 'stays';
      const fate = dryRun ? 'stays' : await move(sqs, queues, letter);
      moved += 1;
      bar.show(moved);
      return fate;
    };
    const isOver = () => chosen >= limit || interruption.signal.aborted;
    const examined = await lookThrough(sqs, queues.dlqUrl, visit, isOver).finally(bar.end);
    if (interruption.signal.aborted) {
      throw new Error(`interrupted: ${moved} of ${examined} moved; run it again for the others`);
    }
    const left = Math.max(before, examined) - moved;
    const document = { channel: queues.channel, examined, moved, left, ...(dryRun && { dryRun }) };
    const did = dryRun ? 'would be moved' : 'moved';
    return { document, text: `${queues.channel}: ${moved} of ${examined} ${did}, ${left} left` };
  },
};

/** In this order: a crash in between leaves it in both queues, and consumers are idempotent. */
async function move(sqs: SQSClient, { url, dlqUrl }: ChannelQueues, letter: DeadLetter): Promise<Fate> {
  const { envelope, group, body, receiptHandle } = letter;
  const MessageGroupId = envelope === undefined ? group : messageGroupId(envelope);
  const sent = await sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: body,
      ...(MessageGroupId !== undefined && { MessageGroupId }),
    }),
  );
  await sqs.send(new DeleteMessageCommand({ QueueUrl: dlqUrl, ReceiptHandle: receiptHandle }));
  return { sentAs: sent.MessageId ?? '' };
}

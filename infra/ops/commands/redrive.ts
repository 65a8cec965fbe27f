import { DeleteMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { messageGroupId } from '../../../shared/events/envelope.ts';
import { listenForInterruption } from '../../command-line/interruption.ts';
import { progressBar } from '../../command-line/progress.ts';
import { count, rate } from '../../command-line/values.ts';
import { type DeadLetter, matches } from '../dead-letters/dead-letter.ts';
import { type Fate, lookThrough } from '../dead-letters/look-through.ts';
import { type ChannelQueues, channelQueues } from '../dead-letters/queues.ts';
import { bookId, paceOf } from '../option-values.ts';
import { queueDepth, total } from '../queue-depth.ts';
import { changingCommand, type Output, type Run, type Session } from '../stack-command.ts';

interface Options {
  readonly event?: string;
  readonly book?: string;
  readonly limit?: number;
  readonly rate?: number;
  readonly dryRun?: true;
}

export function redriveCommand(run: Run) {
  return changingCommand('redrive', {
    summary: 'a dead-letter queue back to its queue',
    description:
      'Fix the cause first. It may be interrupted and run again. Live deliveries queue up behind what is sent: use --rate ' +
      'where it is much.',
    status0: 'all that were chosen are moved, none being an answer too.',
    examples: [
      ['ops redrive doc-verified --dry-run', 'what would be moved'],
      ['ops redrive doc-verified --stage prod --limit 5', 'a few at first'],
      ['ops redrive doc-verified --event DOC_VERIFIED --rate 2', 'of one event, two a second'],
    ],
  })
    .argument('<channel>', 'the channel, as "ops queues" names it')
    .option('--event <name>', 'only deliveries of this event')
    .option('--book <uuid>', 'only deliveries about this book, or pk-<number>', bookId)
    .option('--limit <count>', 'move no more than these', count)
    .option('--rate <number>', 'messages per second', rate)
    .option('--dry-run', 'say what would be moved, and move nothing')
    .action((channel, options) => run(options, (session) => moveAll(session, channel, options)));
}

/** Message by message, because filters need a look at each: SQS's own redrive task takes all of them. */
async function moveAll({ target, confirm }: Session, channel: string, options: Options): Promise<Output> {
  const { sqs } = target;
  const queues = channelQueues(target, channel);
  const filter = { event: options.event, bookId: options.book };
  const { limit = Number.POSITIVE_INFINITY } = options;
  const pace = paceOf(options.rate);
  const dryRun = options.dryRun === true;

  const before = total(await queueDepth(sqs, queues.dlqUrl));
  if (!dryRun) await confirm(describePlan(channel, Math.min(before, limit), options));
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
}

function describePlan(channel: string, most: number, { event, book }: Options): string {
  const chosen = [event && `of ${event}`, book && `about book ${book}`].filter(
    (words) => words !== undefined,
  );
  return ['move up to', most, 'dead letters', ...chosen, `back to the queue of ${channel}`].join(' ');
}

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

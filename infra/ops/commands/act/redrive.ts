import { DeleteMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { messageGroupId } from '../../../../shared/events/queue-message.ts';
import { UsageError } from '../../../command-line/commands.ts';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { type Progress, progressBar } from '../../../command-line/progress.ts';
import { count, rate } from '../../../command-line/values.ts';
import {
  type ChannelQueues,
  type DeadLetter,
  deadLetterQueues,
  matches,
} from '../../dead-letters/dead-letter.ts';
import { type Disposition, examineQueue } from '../../dead-letters/examine-queue.ts';
import { bookId, channel, deliveryId, paceOf } from '../../options.ts';
import { queueDepth, total } from '../../queues/state.ts';
import { changingCommand, type Output, type Run, type Session } from '../../stack-command.ts';

interface Options {
  readonly all?: true;
  readonly id?: string;
  readonly event?: string;
  readonly book?: string;
  readonly limit?: number;
  readonly rate?: number;
  readonly dryRun?: true;
}

export function redriveCommand(run: Run) {
  return changingCommand('redrive', {
    summary: 'send dead letters of a channel, or of all, back to their queues',
    description:
      'Fix the cause first. Messages that cannot be read are skipped unless --id names one, because they would fail again. You can ' +
      'interrupt it and run it again. New deliveries wait behind what is sent: use --rate for a large number.',
    status0: 'every selected message was moved, even if there was none; with --id: it was there.',
    examples: [
      ['ops redrive doc-verified --dry-run', 'what would be moved'],
      ['ops redrive doc-verified --stage prod --limit 5', 'a few first'],
      ['ops redrive --all --stage prod', 'of every channel'],
      ['ops redrive doc-verified --event DOC_VERIFIED --rate 2', 'of one event, two per second'],
    ],
  })
    .argument('[channel]', 'the channel, as "ops queues" names it', channel)
    .option('--all', 'every channel')
    .option('--id <id>', 'only the dead letter of this delivery or message', deliveryId)
    .option('--event <name>', 'only deliveries of this event')
    .option('--book <uuid>', 'only deliveries about this book, or pk-<number>', bookId)
    .option('--limit <count>', 'move at most so many', count)
    .option('--rate <number>', 'messages per second', rate)
    .option('--dry-run', 'report what would be moved, and move nothing')
    .action((name, options) => {
      if ((name === undefined) !== (options.all === true))
        throw new UsageError('name a channel, or use --all');
      return run(options, (session) => redrive(session, name, options));
    });
}

async function redrive(
  { target, confirm }: Session,
  name: string | undefined,
  options: Options,
): Promise<Output> {
  const { limit = Number.POSITIVE_INFINITY, dryRun = false } = options;
  using interruption = listenForInterruption();
  const { signal } = interruption;
  const pass = async (isPreview: boolean): Promise<Moved[]> => {
    const all = await Promise.all(
      deadLetterQueues(target, name).map(async (queues) => ({
        ...queues,
        before: total(await queueDepth(target.sqs, queues.dlqUrl)),
      })),
    );
    const bar = progressBar(all.reduce((sum, { before }) => sum + before, 0));
    const work = { options, isPreview, pace: paceOf(options.rate), bar, left: limit };
    const documents: Moved[] = [];
    try {
      for (const queues of all) {
        const moved = await moveAll(target.sqs, queues, work, signal);
        documents.push(moved);
        work.left -= moved.moved;
      }
    } finally {
      bar.end();
    }
    const { id } = options;
    if (id !== undefined && documents.every(({ moved }) => moved === 0)) {
      throw new Error(
        `no dead letter with the id ${id} ${name === undefined ? 'in any channel' : `in ${name}`} was selected`,
      );
    }
    return documents;
  };
  if (!dryRun) await confirm(async () => `move dead letters back\n${describeAll(await pass(true))}`, signal);
  const documents = await pass(dryRun);
  const [only] = documents;
  return { document: name === undefined ? documents : only, text: describeAll(documents) };
}

type Moved = Awaited<ReturnType<typeof moveAll>>;

interface Work {
  readonly options: Options;
  readonly isPreview: boolean;
  readonly pace: () => Promise<void>;
  readonly bar: Progress;
  /** Number of dead letters that may still be moved. */
  readonly left: number;
}

/** Moves message by message, because filters need the content of each. SQS's own redrive task moves all of them. */
async function moveAll(
  sqs: SQSClient,
  queues: ChannelQueues & { readonly before: number },
  { options, isPreview, pace, bar, left: limit }: Work,
  signal: AbortSignal,
) {
  const { id, event, book: bookId } = options;
  let chosen = 0;
  let moved = 0;
  let unreadable = 0;
  const visit = async (letter: DeadLetter): Promise<Disposition> => {
    if (letter.envelope === undefined && id === undefined) unreadable += 1;
    if (!matches(letter, { id, event, bookId })) return 'stays';
    chosen += 1;
    if (!isPreview) await pace();
    // Interrupted while waiting for the rate.
    if (signal.aborted) return 'stays';
    const disposition = isPreview ? 'stays' : await move(sqs, queues, letter);
    moved += 1;
    bar.show(moved);
    return disposition;
  };
  const examined = await examineQueue(sqs, queues.dlqUrl, visit, () => chosen >= limit || signal.aborted);
  if (signal.aborted) {
    throw new Error(
      isPreview
        ? 'interrupted; nothing was moved'
        : `interrupted: ${moved} of ${examined} moved; run it again for the others`,
    );
  }
  const left = Math.max(queues.before, examined) - moved;
  return { channel: queues.channel, examined, moved, unreadable, left, ...(isPreview && { dryRun: true }) };
}

function describeMoved({ channel, examined, moved, unreadable, left, dryRun }: Moved): string {
  const skipped = unreadable === 0 ? '' : `, ${unreadable} unreadable skipped (ops dlq ${channel})`;
  const did = dryRun === true ? 'would be moved' : 'moved';
  return `${channel}: ${moved} of ${examined} ${did}, ${left} left${skipped}`;
}

function describeAll(documents: readonly Moved[]): string {
  return documents.map(describeMoved).join('\n');
}

/** Sends first, then deletes: a crash in between leaves the message in both queues, and consumers are idempotent. */
async function move(
  sqs: SQSClient,
  { url, dlqUrl }: ChannelQueues,
  letter: DeadLetter,
): Promise<Disposition> {
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

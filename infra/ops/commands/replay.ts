import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Envelope, messageGroupId, serialiseEnvelope } from '../../../shared/events/envelope.ts';
import { EventItem } from '../../../shared/store/items.ts';
import { type Call, type Command, UsageError } from '../command.ts';
import { bookFlag, paceFlag, timeFlag } from '../flags.ts';
import { listenForInterruption } from '../interruption.ts';
import { progressBar } from '../progress.ts';
import { findPast, type Past, type Window } from '../replay/find.ts';
import { rebuildEnvelope } from '../replay/rebuild.ts';
import type { Target } from '../target.ts';

/** Sent at the same time. */
const AT_ONCE = 10;

/** Where nobody watches a bar, its place is told every so many deliveries. */
const TOLD_EVERY = 1000;

export const replay: Command = {
  usage: 'replay --from T [--to T] [--channel C] [--book U] [--dry-run] [--rate R] [--table NAME]',
  summary:
    'deliveries from the ledger again, oldest first. Consumers ask Ocrolus anew; an entry in the ledger stays as\n' +
    '      it is. Without --book the whole table is read, at that cost and with your own right to Scan. Interrupted,\n' +
    '      it says with which --from to go on. --table: from the ledger of another table, to fill this one.\n' +
    '      What the poller had sent has no body and is skipped. R: deliveries a second',
  status0: 'all that could be are sent, none being an answer too; some may have lost their body',
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    channel: { type: 'string' },
    book: { type: 'string' },
    rate: { type: 'string' },
    table: { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  async run(target, call) {
    const window = readWindow(target, call);
    const pace = paceFlag(call);
    const table = target.table(call.text('table'));
    using interruption = listenForInterruption();
    const { signal } = interruption;

    const found = await findPast(table, window, signal, () => {});
    if (signal.aborted) throw new Error('interrupted; nothing was sent');
    const sendable = found.filter(({ source }) => source === 'webhook');
    const tally = { sent: 0, unreadable: 0 };
    if (!call.flag('dry-run')) {
      const replayOne = async (past: Past) => {
        await pace();
        const item = await table.get({ bookId: past.bookId, item: past.item });
        // Expired, or moved to another partition, since it was found.
        const envelope = item && (await rebuildEnvelope(EventItem.parse(item), target.bodies));
        if (envelope === undefined) tally.unreadable += 1;
        else {
          await enqueue(target, envelope);
          tally.sent += 1;
        }
      };
      await inOrder(sendable, replayOne, signal);
    } else tally.sent = sendable.length;

    const { from, to } = window;
    const skipped = found.length - sendable.length;
    const document = { from, to, examined: found.length, ...tally, skipped, dryRun: call.flag('dry-run') };
    const text =
      `${tally.sent} of ${found.length} ${document.dryRun ? 'would be sent' : 'sent'}, ` +
      `${skipped} of the poller skipped, ${tally.unreadable} without a body`;
    return { document, text };
  },
};

/** @throws UsageError */
function readWindow({ queues }: Target, call: Call): Window {
  const from = timeFlag(call, 'from');
  if (from === undefined) throw new UsageError('--from is missing');
  const to = timeFlag(call, 'to') ?? new Date().toISOString();
  if (to < from) throw new UsageError('--to is before --from');
  const channel = call.text('channel');
  if (channel !== undefined && !Object.hasOwn(queues, channel)) {
    throw new UsageError(`--channel is one of: ${Object.keys(queues).join(' ')}`);
  }
  return { from, to, channel, bookId: bookFlag(call) };
}

async function enqueue({ sqs, queues }: Target, envelope: Envelope): Promise<void> {
  const queue = queues[envelope.channel];
  if (queue === undefined) throw new Error(`the stack has no channel ${envelope.channel}`);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody: serialiseEnvelope(envelope),
      MessageGroupId: messageGroupId(envelope),
    }),
  );
}

/** @throws Error that says from where to go on, when it fails or is interrupted. */
async function inOrder(all: readonly Past[], work: (past: Past) => Promise<void>, signal: AbortSignal) {
  const bar = progressBar(all.length);
  let done = 0;
  try {
    while (done < all.length && !signal.aborted) {
      const group = all.slice(done, done + AT_ONCE);
      const worked = await Promise.allSettled(group.map(work));
      for (const one of worked) if (one.status === 'rejected') throw one.reason;
      done += group.length;
      const at = group.at(-1)?.receivedAt ?? '';
      bar.show(done, at);
      if (process.stderr.isTTY !== true && done % TOLD_EVERY === 0) console.error(`${done} done, at ${at}`);
    }
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`stopped: ${problem}; go on with --from ${all[done]?.receivedAt}`, { cause });
  } finally {
    bar.end();
  }
  const next = all[done];
  if (next !== undefined) throw new Error(`interrupted at ${done}; go on with --from ${next.receivedAt}`);
}

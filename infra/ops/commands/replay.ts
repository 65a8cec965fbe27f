import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Envelope, messageGroupId, serialiseEnvelope } from '../../../shared/events/envelope.ts';
import { EventItem, Outcome } from '../../../shared/store/items.ts';
import { type Call, type Command, UsageError } from '../command.ts';
import { bookFlag, paceFlag, timeFlag } from '../flags.ts';
import { listenForInterruption } from '../interruption.ts';
import { progressBar } from '../progress.ts';
import { findPast, type Past, type Window } from '../replay/find.ts';
import { rebuildEnvelope } from '../replay/rebuild.ts';
import type { Target } from '../target.ts';

/** Sent at the same time. */
const AT_ONCE = 10;

/** Without a terminal, progress is reported every so many deliveries. */
const REPORTED_EVERY = 1000;

/** Earlier than any delivery. */
const BEGINNING = new Date(0).toISOString();

export const replay: Command = {
  usage:
    'replay --from T [--to T] [--channel C] [--outcome O] [--book U] [--delivery ID] [--dry-run] [--rate R]\n' +
    '      [--table NAME]',
  summary:
    'deliveries from the ledger again, oldest first. Consumers ask Ocrolus again; a final outcome in the ledger\n' +
    '      stays as it is. --outcome retrying: those that are being retried or are dead. --from may be left out with\n' +
    '      --delivery. Without --book the whole table is read, at that cost and with your own right to Scan. If it is\n' +
    '      interrupted, it prints the --from to continue with. --table: from the ledger of another table, to fill this\n' +
    '      one. Messages of the poller have no body and are skipped. R: deliveries a second',
  status0: 'all that could be are sent, none being an answer too; some may have lost their body',
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    channel: { type: 'string' },
    outcome: { type: 'string' },
    delivery: { type: 'string' },
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
  const deliveryId = call.text('delivery');
  const from = timeFlag(call, 'from') ?? (deliveryId === undefined ? undefined : BEGINNING);
  if (from === undefined) throw new UsageError('--from is missing');
  const to = timeFlag(call, 'to') ?? new Date().toISOString();
  if (to < from) throw new UsageError('--to is before --from');
  const channel = call.text('channel');
  if (channel !== undefined && !Object.hasOwn(queues, channel)) {
    throw new UsageError(`--channel is one of: ${Object.keys(queues).join(' ')}`);
  }
  const outcome = Outcome.safeParse(call.text('outcome'));
  if (!outcome.success && call.text('outcome') !== undefined) {
    throw new UsageError(`--outcome is one of: ${Outcome.options.join(' ')}`);
  }
  return { from, to, channel, outcome: outcome.data, deliveryId, bookId: bookFlag(call) };
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
      if (process.stderr.isTTY !== true && done % REPORTED_EVERY === 0)
        console.error(`${done} done, at ${at}`);
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

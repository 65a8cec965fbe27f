import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { Option } from '@commander-js/extra-typings';
import type { Envelope } from '../../../../shared/events/envelope.ts';
import { messageGroupId, serialiseEnvelope } from '../../../../shared/events/queue-message.ts';
import type { Bodies } from '../../../../shared/store/bodies/result-bodies.ts';
import { EventItem, Outcome } from '../../../../shared/store/items.ts';
import { UsageError } from '../../../command-line/commands.ts';
import { errorText } from '../../../command-line/error-text.ts';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { progressBar } from '../../../command-line/progress.ts';
import { rate, time } from '../../../command-line/values.ts';
import { findPastDeliveries, type PastDelivery } from '../../ledger/deliveries.ts';
import { BEGINNING, type LedgerFilter } from '../../ledger/read-ledger.ts';
import { rebuildEnvelope } from '../../ledger/rebuild.ts';
import { bookId, channel, deliveryId, paceOf } from '../../options.ts';
import { changingCommand, type Output, type Run, type Session } from '../../stack-command.ts';
import type { Target } from '../../target/target.ts';

/** Number of deliveries sent at the same time. */
const AT_ONCE = 10;

/** Without a terminal, number of deliveries between two reports of progress. */
const REPORTED_EVERY = 1000;

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly channel?: string;
  readonly outcome?: Outcome;
  readonly delivery?: string;
  readonly book?: string;
  readonly rate?: number;
  readonly table?: string;
  readonly scan?: true;
  readonly dryRun?: true;
}

export function replayCommand(run: Run) {
  return changingCommand('replay', {
    summary: 'process deliveries in the ledger again, oldest first',
    description:
      'Consumers ask Ocrolus again; a final outcome in the ledger does not change. Without --book, deliveries are found as by "ops ' +
      'deliveries"; it refuses a --from that needs --scan. With --table, the table is always scanned. If you interrupt it, it prints ' +
      'the --from to continue with. Messages of the poller have no body and are skipped.',
    status0: 'every delivery that has a body was sent, even if there was none.',
    examples: [
      ['ops replay --from 2h --dry-run', 'how many were received in the last two hours'],
      [
        'ops replay --from 2026-03-01T00:00:00Z --outcome retrying --stage prod',
        'those that are being retried or are dead letters',
      ],
      ['ops replay --delivery DELIVERY_ID --book BOOK_UUID', 'one delivery'],
    ],
  })
    .option(
      '--from <time>',
      'received since: 2h, 3d, 2026-03-02 or 2026-03-02T08:00:00Z; needed without --delivery',
      time,
    )
    .option('--to <time>', 'received until; now when left out', time)
    .option('--channel <name>', 'only of this channel', channel)
    .addOption(
      new Option(
        '--outcome <name>',
        'only with this outcome; retrying: those that are being retried or are dead letters',
      ).choices(Outcome.options),
    )
    .option('--delivery <id>', 'only this delivery', deliveryId)
    .option('--book <uuid>', 'only about this book, or pk-<number>', bookId)
    .option('--rate <number>', 'deliveries per second', rate)
    .option('--table <name>', 'from the ledger of another table, to fill this one')
    .option('--scan', 'read the whole table, for deliveries that the index does not have')
    .option('--dry-run', 'count deliveries, and send nothing')
    .action((options) => {
      const filter = readFilter(options);
      return run(options, (session) => replay(session, options, filter));
    });
}

async function replay({ target, confirm }: Session, options: Options, asked: LedgerFilter): Promise<Output> {
  const filter = await withIndex(asked, target, options);
  const pace = paceOf(options.rate);
  const dryRun = options.dryRun === true;
  const table = target.table(options.table);
  using interruption = listenForInterruption();
  const { signal } = interruption;

  const found = await findPastDeliveries(table, filter, signal);
  if (signal.aborted) throw new Error('interrupted; nothing was sent');
  const ofWebhook = found.filter(({ source }) => source === 'webhook');
  const rebuild = async ({ bookId, item }: PastDelivery, bodies: Bodies) => {
    const entry = await table.get({ bookId, item });
    // The entry has expired, or was moved to another partition, since it was found.
    return entry && rebuildEnvelope(EventItem.parse(entry), bodies);
  };
  const bodies = { ...target.bodies, put: async () => {} };
  const isThere = async (past: PastDelivery) =>
    past.payload === 'item' || (past.payload === 'bucket' && (await rebuild(past, bodies)) !== undefined);
  const sendable: PastDelivery[] = [];
  for (const past of ofWebhook) if (!signal.aborted && (await isThere(past))) sendable.push(past);
  if (signal.aborted) throw new Error('interrupted; nothing was sent');
  const { from, to } = filter;
  const skipped = found.length - ofWebhook.length;
  const tally = { sent: sendable.length, unreadable: ofWebhook.length - sendable.length };
  if (!dryRun) {
    await confirm(`send ${sendable.length} deliveries of ${from} to ${to} again`, signal);
    const replayOne = async (past: PastDelivery) => {
      await pace();
      const envelope = await rebuild(past, target.bodies);
      if (envelope !== undefined) return enqueue(target, envelope);
      tally.sent -= 1;
      tally.unreadable += 1;
    };
    await inOrder(sendable, replayOne, signal);
  }
  const document = { from, to, examined: found.length, ...tally, skipped, dryRun };
  const text =
    `${tally.sent} of ${found.length} ${dryRun ? 'would be sent' : 'sent'}, ` +
    `${skipped} of the poller skipped, ${tally.unreadable} without a body`;
  return { document, text };
}

/** @throws UsageError */
function readFilter(options: Options): LedgerFilter {
  const { outcome, delivery, book } = options;
  const from = options.from ?? (delivery === undefined ? undefined : BEGINNING);
  if (from === undefined) throw new UsageError('--from is missing');
  const to = options.to ?? new Date().toISOString();
  if (to < from) throw new UsageError('--to is before --from');
  return { from, to, channel: options.channel, outcome, deliveryId: delivery, bookId: book };
}

/** Uses the index if it has the whole period. @throws UsageError if it has a part of it. */
async function withIndex(
  filter: LedgerFilter,
  target: Target,
  { table, scan }: Options,
): Promise<LedgerFilter> {
  if (filter.bookId !== undefined || table !== undefined || scan === true) return filter;
  const since = await target.ledgerIndexedSince();
  if (since === undefined) return filter;
  if (filter.from < since) {
    throw new UsageError(
      `deliveries before ${since} are found by a scan only: use --scan, or --from ${since}`,
    );
  }
  return { ...filter, isIndexed: true };
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

/** @throws Error that says where to continue after a failure or an interruption. */
async function inOrder(
  all: readonly PastDelivery[],
  work: (past: PastDelivery) => Promise<void>,
  signal: AbortSignal,
) {
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
    throw new Error(`stopped: ${errorText(cause)}; continue with --from ${all[done]?.receivedAt}`, { cause });
  } finally {
    bar.end();
  }
  const next = all[done];
  if (next !== undefined) throw new Error(`interrupted at ${done}; continue with --from ${next.receivedAt}`);
}

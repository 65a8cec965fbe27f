import { Option } from '@commander-js/extra-typings';
import { Outcome } from '../../../../shared/store/items.ts';
import { csvText } from '../../../command-line/csv.ts';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { progressBar } from '../../../command-line/progress.ts';
import { tableText } from '../../../command-line/table-text.ts';
import { count, time } from '../../../command-line/values.ts';
import { type Delivery, findDeliveries, indexedFilter } from '../../ledger/deliveries.ts';
import { itemCount } from '../../ledger/read-ledger.ts';
import { bookId } from '../../options.ts';
import { type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';

const SOURCES = ['webhook', 'poll'] as const;

interface Options {
  readonly since?: string;
  readonly book?: string;
  readonly event?: string;
  readonly outcome?: Outcome;
  readonly account?: string;
  readonly source?: 'webhook' | 'poll';
  readonly limit?: number;
  readonly scan?: true;
  readonly csv?: true;
}

export function deliveriesCommand(run: Run) {
  return stackCommand('deliveries', {
    summary: 'deliveries across books, newest first',
    description:
      'A delivery is in the ledger once it is processed or has failed for the first time. Deliveries that still wait are counted by "ops queues".\n\n' +
      'Without --book, an index names the books that had a delivery in each hour, and only those are read: about 0.30 USD for a million ' +
      'books. Deliveries from before the stage was upgraded to a version with this index are found by --scan only; it says so where ' +
      '--since is earlier. --scan reads the whole table: half a read unit for each 4 KB, which is about 0.02 USD and 10 seconds per GB.',
    status0: 'the ledger was read, whatever it holds.',
    examples: [
      ['ops deliveries --since 2h', 'what came in the last two hours'],
      [
        'ops deliveries --since 3d --outcome retrying --stage prod',
        'what is being retried or is in a dead-letter queue',
      ],
      ['ops deliveries --event BOOK_VERIFIED --limit 20 --json', 'for a program'],
    ],
  })
    .option(
      '--since <time>',
      'received since: 2h, 3d, 2026-03-02 or 2026-03-02T08:00:00Z; 24h when left out',
      time,
    )
    .option('--book <uuid>', 'only about this book, or pk-<number>', bookId)
    .option('--event <name>', 'only of this event')
    .addOption(new Option('--outcome <name>', 'only with this outcome').choices(Outcome.options))
    .option('--account <name>', 'only of this account')
    .addOption(
      new Option('--source <name>', 'only webhooks, or only messages of the poller').choices(SOURCES),
    )
    .option('--limit <count>', 'only the newest deliveries, at most so many', count)
    .option('--csv', 'print comma-separated values')
    .option('--scan', 'read the whole table, for deliveries that the index does not have')
    .action((options) => run(options, (session) => showDeliveries(session, options)));
}

async function showDeliveries({ target, screen }: Session, options: Options): Promise<Output> {
  const { since = time('24h'), book, event, outcome, account, source, scan = false } = options;
  const { limit = Number.POSITIVE_INFINITY } = options;
  const table = target.table();
  using interruption = listenForInterruption();
  const { signal } = interruption;
  const { filter, indexedSince } = await indexedFilter(
    scan ? { ledgerIndexedSince: async () => undefined } : target,
    { since, book, event, outcome, account, source },
  );
  if (indexedSince !== undefined) {
    console.error(`deliveries before ${indexedSince} are not in the index, and left out; --scan finds them`);
  }
  const isScan = book === undefined && filter.isIndexed !== true;
  const bar = progressBar(isScan ? await itemCount(table) : undefined);
  const search = { limit, signal, onScanned: (items: number) => bar.show(items, 'items read') };
  const { deliveries, total } = await findDeliveries(table, filter, search).finally(bar.end);
  if (signal.aborted) throw new Error('interrupted');
  const rows = deliveries.map(rowOf);
  if (options.csv === true) return { document: deliveries, text: csvText(HEADER, rows) };
  const more = total - deliveries.length;
  const text = tableText(HEADER, rows, screen);
  return { document: deliveries, text: more > 0 ? `${text}\n${more} more` : text };
}

const HEADER = ['RECEIVED', 'EVENT', 'BOOK', 'SOURCE', 'OUTCOME', 'WHY', 'TRIES', 'DELIVERY'];

function rowOf({ bookId, bookUuid = bookId, reason = '', ...delivery }: Delivery): string[] {
  const { receivedAt, eventName, source, outcome, attempts, deliveryId } = delivery;
  return [receivedAt, eventName, bookUuid, source, outcome, reason, String(attempts), deliveryId];
}

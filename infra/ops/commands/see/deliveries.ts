import { Option } from '@commander-js/extra-typings';
import { findEventName } from '../../../../shared/events/catalog.ts';
import { Outcome } from '../../../../shared/store/items.ts';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { progressBar } from '../../../command-line/progress.ts';
import { tableText } from '../../../command-line/table-text.ts';
import { count, time } from '../../../command-line/values.ts';
import { type Delivery, findDeliveries } from '../../ledger/deliveries.ts';
import { itemCount } from '../../ledger/read-ledger.ts';
import { bookId } from '../../options.ts';
import { type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';

interface Options {
  readonly since?: string;
  readonly book?: string;
  readonly event?: string;
  readonly outcome?: Outcome;
  readonly limit?: number;
}

export function deliveriesCommand(run: Run) {
  return stackCommand('deliveries', {
    summary: 'deliveries across books, newest first',
    description:
      'A delivery is in the ledger once it is processed or has failed for the first time. Deliveries that still wait are counted by "ops queues".\n\n' +
      'No index has the time of a delivery. Without --book the whole table is scanned, with your own permission: half a read unit ' +
      'for each 4 KB, which is about 0.02 USD and 10 seconds per GB. With --book only that book is read. "ops tail" costs nothing.',
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
    .option('--limit <count>', 'only the newest deliveries, at most so many', count)
    .action((options) => run(options, (session) => showDeliveries(session, options)));
}

async function showDeliveries({ target, screen }: Session, options: Options): Promise<Output> {
  const { since = time('24h'), book, event, outcome, limit = Number.POSITIVE_INFINITY } = options;
  const table = target.table();
  using interruption = listenForInterruption();
  const { signal } = interruption;
  const filter = {
    from: since,
    to: new Date().toISOString(),
    bookId: book,
    outcome,
    eventName: event === undefined ? undefined : (findEventName(event) ?? event),
  };
  const bar = progressBar(book === undefined ? await itemCount(table) : 0);
  const search = { limit, signal, onScanned: (items: number) => bar.show(items, 'items read') };
  const { deliveries, total } = await findDeliveries(table, filter, search).finally(bar.end);
  if (signal.aborted) throw new Error('interrupted');
  const more = total - deliveries.length;
  const text = tableText(
    ['RECEIVED', 'EVENT', 'BOOK', 'SOURCE', 'OUTCOME', 'WHY', 'TRIES', 'DELIVERY'],
    deliveries.map(rowOf),
    screen,
  );
  return { document: deliveries, text: more > 0 ? `${text}\n${more} more` : text };
}

function rowOf({ bookId, bookUuid = bookId, reason = '', ...delivery }: Delivery): string[] {
  const { receivedAt, eventName, source, outcome, attempts, deliveryId } = delivery;
  return [receivedAt, eventName, bookUuid, source, outcome, reason, String(attempts), deliveryId];
}

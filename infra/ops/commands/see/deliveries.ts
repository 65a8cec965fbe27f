import { Option } from '@commander-js/extra-typings';
import { Outcome } from '../../../../shared/store/items.ts';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { progressBar } from '../../../command-line/progress.ts';
import { printable, type Screen } from '../../../command-line/screen.ts';
import { csvText, tableText } from '../../../command-line/table-text.ts';
import { count, time } from '../../../command-line/values.ts';
import { buildStory, type Story } from '../../delivery-story.ts';
import { type Delivery, findDeliveries, indexedFilter } from '../../ledger/deliveries.ts';
import { itemCount } from '../../ledger/read-ledger.ts';
import { bookId, deliveryId } from '../../options.ts';
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

export function deliveryCommand(run: Run) {
  return stackCommand('delivery', {
    summary:
      'the story of one delivery: attempts with their codes, calls to Ocrolus, what was written, the outcome',
    description:
      'Works while it waits, is being retried, or is dead. It is put together from the ledger, the functions’ logs and, until it has ' +
      'a final outcome, its dead-letter queue. With --book that book is read, and with --since what the index ' +
      'of "ops deliveries" has since then. Otherwise the table is scanned until the delivery is found, at half a read unit for each 4 KB ' +
      '(0.02 USD per GB). Calls are in the logs only, once for all deliveries of a batch.',
    status0: 'the delivery was found, whatever its outcome.',
    examples: [
      ['ops delivery DELIVERY_ID', 'by the id that Ocrolus gave it, as "ops deliveries" shows it'],
      ['ops delivery DELIVERY_ID --book BOOK_UUID --stage prod --json', 'reads that book only'],
    ],
  })
    .argument('<id>', 'of the delivery', deliveryId)
    .option('--book <uuid>', 'the book it is about, or pk-<number>', bookId)
    .option('--since <time>', 'received since: 2h, 3d, 2026-03-02 or 2026-03-02T08:00:00Z', time)
    .action((id, options) => run(options, (session) => showDelivery(session, id, options)));
}

async function showDelivery(
  { target, screen }: Session,
  id: string,
  { book, since }: { readonly book?: string; readonly since?: string },
): Promise<Output> {
  const indexedSince = since === undefined ? undefined : await target.ledgerIndexedSince();
  const isIndexed = since !== undefined && indexedSince !== undefined && since >= indexedSince;
  using interruption = listenForInterruption();
  const { signal } = interruption;
  const bar = progressBar(book === undefined && !isIndexed ? await itemCount(target.table()) : undefined);
  const onScanned = (items: number) => bar.show(items, 'items read');
  const document = await buildStory(
    target,
    { id, bookId: book, ...(isIndexed && { since }) },
    { signal, onScanned },
  ).finally(bar.end);
  if (signal.aborted) throw new Error('interrupted');
  if (document === undefined) {
    throw new Error(`no delivery ${id}: not in the ledger, not in a dead-letter queue, not in the logs`);
  }
  return { document, text: textOf(document, screen) };
}

function textOf(story: Story, screen: Screen): string {
  const { deliveryId, state, eventName, source, account, channel, bookId, receivedAt, processedAt } = story;
  const { outcome, reason, attempts, calls, written, alreadyStored, unlisted, deadLetter } = story;
  const result = [outcome, reason].filter((word) => word !== null).join(' ');
  const lines = [
    `delivery ${deliveryId}: ${state}${result === '' ? '' : `, ${result}`}`,
    `${eventName ?? 'unknown event'} of account ${account ?? '-'}, by ${source ?? '-'}, channel ${channel ?? '-'}`,
    `book ${bookId ?? '-'}`,
    `received ${receivedAt ?? '-'}, ${state === 'processed' ? 'processed' : 'last failed'} ${processedAt ?? '-'}`,
    ...(deadLetter === null
      ? []
      : [
          `in the dead-letter queue of ${deadLetter.channel}: ops redrive ${deadLetter.channel} --id ${deliveryId}`,
        ]),
  ];
  return [
    ...lines.map(printable),
    '',
    tableText(
      ['ATTEMPT', 'AT', 'ENDED', 'NEXT AFTER S'],
      attempts.map(({ attempt, at, code, retryAfterSeconds }) => [
        attempt === null ? '-' : String(attempt),
        at ?? '-',
        code,
        retryAfterSeconds === null ? '' : String(retryAfterSeconds),
      ]),
      screen,
    ),
    '',
    tableText(
      ['CALL', 'AT', 'ANSWER', 'CODE', 'MS'],
      calls.map(({ operation, at, answer, code, ms }) => [operation, at, answer, code ?? '', String(ms)]),
      screen,
    ),
    '',
    ...(state === 'processed' && written === null ? ['what was written is not recorded'] : []),
    ...listOf('written', written),
    ...listOf('already stored', alreadyStored),
    ...(unlisted > 0 ? [`and ${unlisted} others`] : []),
  ].join('\n');
}

function listOf(title: string, keys: readonly string[] | null): string[] {
  if (keys === null) return [];
  if (keys.length === 0) return [`${title}: nothing`];
  return [`${title}:`, ...keys.map((key) => `  ${printable(key)}`)];
}

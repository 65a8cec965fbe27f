import { listenForInterruption } from '../../../command-line/exit.ts';
import { progressBar } from '../../../command-line/progress.ts';
import { printable, type Screen } from '../../../command-line/screen.ts';
import { tableText } from '../../../command-line/table-text.ts';
import { time } from '../../../command-line/values.ts';
import { buildStory, type Story } from '../../delivery-story.ts';
import { itemCount } from '../../ledger/read-ledger.ts';
import { bookId, deliveryId } from '../../options.ts';
import { type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';

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

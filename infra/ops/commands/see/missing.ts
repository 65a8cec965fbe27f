import { Option } from '@commander-js/extra-typings';
import { RESULT_KINDS, type ResultKind } from '../../../../shared/events/catalog.ts';
import type { MissingResult } from '../../../../shared/store/reader.ts';
import type { DynamoTable } from '../../../../shared/store/table.ts';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { tableText } from '../../../command-line/table-text.ts';
import { count, time } from '../../../command-line/values.ts';
import {
  END_OF_TIME,
  mayLack,
  missingIfStored,
  polledBooks,
  readBooks,
  whyMissing,
} from '../../ledger/books.ts';
import { type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';
import type { Target } from '../../target/target.ts';

/** Number of books that are read at the same time. */
const AT_ONCE = 10;

interface Options {
  readonly kind?: ResultKind;
  readonly older?: string;
  readonly limit?: number;
}

interface MissingOfBook extends MissingResult {
  readonly bookId: string;
}

export function missingCommand(run: Run) {
  return stackCommand('missing', {
    summary: 'results that books should have and do not have yet, across books, oldest first',
    description:
      'Covers the books that are still polled: their BOOK items are read, about half a read unit each, and the documents of those ' +
      'with missing results. Not polled, and not covered, are complete books that have not changed for poll.horizonDays, and books ' +
      'whose results have been missing for a year.',
    status0: 'the books were read, whatever is missing.',
    examples: [
      ['ops missing', 'counts by kind, and each entry'],
      ['ops missing --kind summary --older 24h --stage prod', 'what has been missing for more than a day'],
      ['ops missing --json', 'for a program'],
    ],
  })
    .addOption(new Option('--kind <name>', 'only this kind of result').choices(RESULT_KINDS))
    .option('--older <time>', 'missing since before: 24h, 3d or 2026-03-02', time)
    .option('--limit <count>', 'only the oldest entries, at most so many', count)
    .action((options) => run(options, (session) => showMissing(session, options)));
}

async function showMissing({ target, screen }: Session, options: Options): Promise<Output> {
  const { kind, older = END_OF_TIME, limit } = options;
  using interruption = listenForInterruption();
  const found: MissingOfBook[] = [];
  for await (const one of findMissing(target, interruption.signal)) {
    if ((kind === undefined || one.kind === kind) && one.since <= older) found.push(one);
  }
  if (interruption.signal.aborted) throw new Error('interrupted');
  found.sort((a, b) => (a.since < b.since ? -1 : 1));
  const document = found.slice(0, limit);
  const more = found.length - document.length;
  const kinds = [...Map.groupBy(found, (one) => one.kind)].map(([name, all]) => {
    const books = new Set(all.map(({ bookId }) => bookId)).size;
    return [name, String(all.length), String(books), all[0]?.since ?? '-'];
  });
  const rows = document.map((one) => [
    one.since,
    one.kind,
    one.bookId,
    one.subject === one.bookId ? '' : one.subject,
    one.state,
    String(one.attempts),
    one.nextAt ?? '-',
    whyMissing(one),
  ]);
  const header = ['SINCE', 'KIND', 'BOOK', 'SUBJECT', 'STATE', 'ATTEMPTS', 'NEXT', 'CODE'];
  const parts = [
    tableText(['KIND', 'MISSING', 'BOOKS', 'OLDEST'], kinds, screen),
    '',
    tableText(header, rows, screen),
    ...(more > 0 ? [`${more} more`] : []),
  ];
  return { document, text: found.length === 0 ? 'nothing is missing' : parts.join('\n') };
}

/**
 * Finds missing results of all books that are polled, without a scan: a book with missing results is polled for a
 * year.
 *
 * @throws the error of DynamoDB.
 */
async function* findMissing(
  target: Pick<Target, 'table' | 'reader'>,
  signal: AbortSignal,
): AsyncGenerator<MissingOfBook> {
  const table = target.table();
  for await (const polled of polledBooks(table)) {
    const books = await incompleteOf(table, polled);
    for (let start = 0; start < books.length && !signal.aborted; start += AT_ONCE) {
      const group = books.slice(start, start + AT_ONCE);
      const found = await Promise.all(
        group.map(async (bookId) =>
          (await missingIfStored(target.reader, bookId)).map((one) => ({ bookId, ...one })),
        ),
      );
      yield* found.flat();
    }
    if (signal.aborted) return;
  }
}

async function incompleteOf(table: DynamoTable, bookIds: readonly string[]): Promise<string[]> {
  const books = await readBooks(table, bookIds, ['bookId', 'open', 'status']);
  return books.filter(mayLack).map(({ bookId }) => String(bookId));
}

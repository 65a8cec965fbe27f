import { Option } from '@commander-js/extra-typings';
import { RESULT_KINDS, type ResultKind } from '../../../shared/events/catalog.ts';
import { listenForInterruption } from '../../command-line/interruption.ts';
import { tableText } from '../../command-line/table-text.ts';
import { count, time } from '../../command-line/values.ts';
import { findMissing, type MissingOfBook } from '../missing/find-missing.ts';
import { type Output, type Run, type Session, stackCommand } from '../stack-command.ts';

interface Options {
  readonly kind?: ResultKind;
  readonly older?: string;
  readonly limit?: number;
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
  const { kind, older = '9999', limit } = options;
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
    one.code ?? '',
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

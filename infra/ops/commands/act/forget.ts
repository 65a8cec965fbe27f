import { listenForInterruption } from '../../../command-line/exit.ts';
import { findBook } from '../../forget/find-book.ts';
import { type ForgetReport, forgetBook } from '../../forget/forget-book.ts';
import { bookId } from '../../options.ts';
import { changingCommand, type Output, type Run, type Session } from '../../stack-command.ts';

export function forgetCommand(run: Run) {
  return changingCommand('forget', {
    summary: 'delete a book’s data permanently',
    description:
      'Documents, results, payloads in the ledger, bodies with all versions, dead letters. The book is not stored again, whatever ' +
      'Ocrolus announces. If nothing is stored of it, this asks for the local stack too, because the id may be wrong. This cannot be undone. You can interrupt it and run it again.',
    status0: 'the book is forgotten, and everything that was found is removed.',
    examples: [
      ['ops forget 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f --dry-run --stage prod', 'what would be removed'],
      ['ops forget pk-1234567 --stage prod --json', 'by its number, with a report to keep'],
    ],
  })
    .argument('<book>', 'its uuid, or pk-<number>', bookId)
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .action((book, options) => run(options, (session) => forget(session, book, options.dryRun === true)));
}

async function forget(
  { target, confirm, confirmAnywhere }: Session,
  id: string,
  dryRun: boolean,
): Promise<Output> {
  const table = target.table();
  const book = await findBook(table, id);
  using interruption = listenForInterruption();
  const { signal } = interruption;
  const forgetIt = async (isPreview: boolean): Promise<Document> => {
    const report = await forgetBook({ ...target, table }, book, { isPreview, signal, now: Date.now });
    const isEmpty = Object.values(report.removed).every((count) => count === 0);
    return { ...report, isUnknown: !book.isKnown && isEmpty };
  };
  if (!dryRun && book.isKnown) await confirm(async () => planOf(await forgetIt(true)), signal);
  if (!dryRun && !book.isKnown) {
    const preview = await forgetIt(true);
    const ask = preview.isUnknown ? confirmAnywhere : confirm;
    await ask(planOf(preview), signal);
  }
  const document = await forgetIt(dryRun);
  return { document, text: describe(document) };
}

interface Document extends ForgetReport {
  /** True if nothing was stored of it, not even a tombstone: its id may be wrong. */
  readonly isUnknown: boolean;
}

function planOf(preview: Document): string {
  return `forget permanently\n${describe(preview)}`;
}

function describe(report: Document): string {
  const { bookUuid, bookPk, removed, dryRun, forgottenAt, inFlightUntil, recoverableUntil } = report;
  const { documents, results, payloads, objects, others, elsewhere, deadLetters } = removed;
  const name = [bookUuid, ...(bookPk === null ? [] : [`pk ${bookPk}`])]
    .filter((id) => id !== null)
    .join(', ');
  const counts =
    `${documents} documents, ${results} results, ${payloads} payloads of the ledger, ${others} other items, ` +
    `${objects} objects in the bucket, ${deadLetters} dead letters`;
  const lines = [
    `book ${name}: ${dryRun ? 'not forgotten yet' : `forgotten since ${forgottenAt}`}`,
    `${dryRun ? 'would be removed' : 'removed'}: ${counts}`,
  ];
  if (report.isUnknown) {
    lines.push(
      dryRun
        ? 'nothing is stored of it: check the id. Once it is forgotten, it will never be stored'
        : 'nothing was stored of it; it will never be stored',
    );
  }
  if (bookUuid === null) {
    lines.push('its uuid is not known here: the poller asks Ocrolus for it, and forgets that too');
  }
  if (elsewhere > 0)
    lines.push(`${elsewhere} bodies are in the bucket of another stack, which has to remove them`);
  if (inFlightUntil !== null) {
    lines.push(
      'functions that were running may have written something since; the poller removes it.',
      `Run this again after ${inFlightUntil}: it must find nothing`,
    );
  }
  if (recoverableUntil !== null) {
    lines.push(
      `point-in-time recovery holds it until ${recoverableUntil}; other backups as long as you keep them`,
    );
  }
  return lines.join('\n');
}

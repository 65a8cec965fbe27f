import { type Command, requiredArgument } from '../command.ts';
import { findBook } from '../forget/find-book.ts';
import { type ForgetReport, forgetBook } from '../forget/forget-book.ts';
import { listenForInterruption } from '../interruption.ts';

export const forget: Command = {
  usage: 'forget <uuid|pk-number> [--dry-run]',
  summary:
    'remove a book’s data for good: documents, results, payloads in the ledger, bodies with all versions, dead letters.\n' +
    '      It is not stored again, whatever is announced. There is no way back; may be interrupted and run twice',
  status0: 'the book is forgotten, and everything that was found is removed',
  options: { 'dry-run': { type: 'boolean' } },
  async run(target, call) {
    const bookId = requiredArgument(call, 0, 'the uuid of the book');
    const table = target.table();
    const book = await findBook(table, bookId);
    using interruption = listenForInterruption();
    const document = await forgetBook({ ...target, table }, book, {
      isPreview: call.flag('dry-run'),
      signal: interruption.signal,
      now: Date.now,
    });
    return { document, text: describe(document) };
  },
};

function describe(report: ForgetReport): string {
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

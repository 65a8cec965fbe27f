import type { BookItem } from '../../../../shared/store/items.ts';
import { tableOrNote } from '../../../command-line/table-text.ts';
import { readContents, whyMissing } from '../../book-contents.ts';
import { bookId } from '../../options.ts';
import { type Output, type Run, type Session, stackCommand } from '../../stack-command.ts';

export function bookCommand(run: Run) {
  return stackCommand('book', {
    summary: 'what is stored of a book, what is missing, and every delivery about it',
    status0: 'something is stored of it.',
    examples: [
      ['ops book 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f', 'as tables'],
      ['ops book 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f --stage prod --json', 'for a program'],
    ],
  })
    .argument('<uuid>', 'the book; or pk-<number>, while its uuid is not known', bookId)
    .action((book, options) => run(options, (session) => showBook(session, book)));
}

async function showBook({ target: { reader }, screen }: Session, id: string): Promise<Output> {
  const { book: stored, documents, results, missing, events } = await readContents(reader, id);
  if (stored === undefined && events.length === 0)
    throw new Error(
      `nothing is stored of book ${id}: "ops doctor --probe --book ${id}" asks Ocrolus; docs/runbook.md`,
    );
  const document = { book: stored ?? null, documents, results, missing, events };
  const text = [
    `book ${id}: ${stored?.status ?? 'status unknown'}, generation ${stored?.generation ?? '-'}`,
    describeCompleteness(stored),
    ...(stored?.refused === undefined ? [] : [describeRefusal(stored.refused)]),
    '',
    tableOrNote(
      ['DOCUMENT', 'STATUS', 'DETECT', 'REASON'],
      documents.map((doc) => [
        doc.docUuid,
        doc.status ?? '-',
        doc.detect?.state ?? '-',
        doc.rejectionReason ?? '',
      ]),
      { screen, note: 'no documents' },
    ),
    '',
    tableOrNote(
      ['RESULT', 'SUBJECT', 'BYTES', 'FETCHED', 'IN'],
      results.map((result) => [
        result.kind,
        result.subject,
        String(result.bytes),
        result.fetchedAt,
        result.s3 === undefined ? 'item' : 's3',
      ]),
      { screen, note: 'no results' },
    ),
    '',
    tableOrNote(
      ['MISSING', 'SUBJECT', 'STATE', 'SINCE', 'ATTEMPTS', 'NEXT', 'CODE'],
      missing.map((one) => [
        one.kind,
        one.subject,
        one.state,
        one.since,
        String(one.attempts),
        one.nextAt ?? '-',
        whyMissing(one),
      ]),
      { screen, note: describeNothingMissing(stored) },
    ),
    '',
    tableOrNote(
      ['RECEIVED', 'EVENT', 'SOURCE', 'OUTCOME', 'REASON'],
      events.map((event) => [
        event.receivedAt,
        event.eventName,
        event.source,
        event.outcome,
        event.reason ?? '',
      ]),
      { screen, note: 'no deliveries' },
    ),
  ].join('\n');
  return { document, text };
}

/** `complete` is absent while only an event has named the book, and for a book that is deleted or not found. */
function describeCompleteness(book: BookItem | undefined): string {
  if (book?.forgottenAt !== undefined) return `forgotten since ${book.forgottenAt}`;
  const open = book?.open ?? [];
  const kinds = open.length > 0 ? `, open: ${open.join(', ')}` : '';
  if (book?.complete === true) return `complete since ${book.completeAt ?? '-'}${kinds}`;
  return book?.complete === false ? `not complete${kinds}` : `completeness unknown${kinds}`;
}

function describeRefusal({ code, count, since }: NonNullable<BookItem['refused']>): string {
  return `Ocrolus does not show it since ${since}: ${code}, ${count} refusals`;
}

/** An empty checklist may also mean that the book has none yet. */
function describeNothingMissing(book: BookItem | undefined): string {
  return book?.complete === true ? 'nothing is missing' : 'nothing is known to be missing';
}

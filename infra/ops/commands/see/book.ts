import { Argument } from '@commander-js/extra-typings';
import { RESULT_KINDS, type ResultKind } from '../../../../shared/events/catalog.ts';
import type { BookItem } from '../../../../shared/store/items.ts';
import { type Reader, UnknownBookError } from '../../../../shared/store/reader.ts';
import { tableOrNote } from '../../../command-line/table-text.ts';
import { readContents, whyMissing } from '../../ledger/books.ts';
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

export function resultCommand(run: Run) {
  return stackCommand('result', {
    summary: 'the body of a result, exactly as Ocrolus sent it',
    printsBytes: true,
    status0: 'the result is stored.',
    examples: [
      ['ops result 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f summary', 'of a book'],
      ['ops result 371ab5bc-b22a-522a-a19b-ae78c1bbdb9f forms DOC_UUID > forms.json', 'of one document'],
    ],
  })
    .argument('<uuid>', 'the book; or pk-<number>, while its uuid is not known', bookId)
    .addArgument(new Argument('<kind>', 'what kind of result').choices(RESULT_KINDS))
    .argument(
      '[subject]',
      "what it is about, such as the uuid of a document; without it: the book's own result, else the first one",
    )
    .action((book, kind, subject, options) =>
      run(options, async ({ target: { reader } }) => {
        const stream = await reader.resultStream(book, kind, subject);
        if (stream === undefined) throw await failureOf(reader, book);
        if (subject === undefined) await noteOthers(reader, book, kind);
        return { stream };
      }),
    );
}

async function failureOf(reader: Reader, book: string): Promise<Error> {
  if ((await reader.book(book)) === undefined) return new UnknownBookError(book);
  return new Error(`no such result of book ${book}; "ops book ${book}" lists those there are`);
}

/** Names other subjects, which the operator may not know. */
async function noteOthers(reader: Reader, book: string, kind: ResultKind): Promise<void> {
  const results = await reader.results(book);
  // A later page is part of a result.
  const subjects = results
    .filter((result) => result.kind === kind && result.set?.offset === undefined)
    .map(({ subject }) => subject);
  if (subjects.length < 2) return;
  const shown = subjects.find((subject) => subject === book) ?? subjects[0];
  const others = subjects.filter((subject) => subject !== shown).join(' ');
  process.stderr.write(`${kind} of ${shown}; add a subject for another one: ${others}\n`);
}

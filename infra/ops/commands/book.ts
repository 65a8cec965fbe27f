import type { BookItem } from '../../../shared/store/items.ts';
import { type Command, requiredArgument } from '../command.ts';
import { tableText } from '../table-text.ts';

export const book: Command = {
  usage: 'book <uuid>',
  summary: 'a book: what is stored of it, what is missing, and every delivery about it',
  status0: 'something is stored of it',
  async run({ reader }, call) {
    const bookId = requiredArgument(call, 0, 'the uuid of the book');
    const [stored, documents, results, missing, events] = await Promise.all([
      reader.book(bookId),
      reader.documents(bookId),
      reader.results(bookId),
      reader.missing(bookId),
      reader.events(bookId),
    ]);
    if (stored === undefined && events.length === 0) throw new Error(`nothing is stored of book ${bookId}`);
    const document = { book: stored ?? null, documents, results, missing, events };
    const text = [
      `book ${bookId}: ${stored?.status ?? 'status unknown'}, generation ${stored?.generation ?? '-'}`,
      describeCompleteness(stored),
      '',
      tableText(
        ['DOCUMENT', 'STATUS', 'DETECT', 'REASON'],
        documents.map((doc) => [
          doc.docUuid,
          doc.status ?? '-',
          doc.detect?.state ?? '-',
          doc.rejectionReason ?? '',
        ]),
      ),
      '',
      tableText(
        ['RESULT', 'SUBJECT', 'BYTES', 'FETCHED', 'IN'],
        results.map((result) => [
          result.kind,
          result.subject,
          String(result.bytes),
          result.fetchedAt,
          result.s3 === undefined ? 'item' : 's3',
        ]),
      ),
      '',
      tableText(
        ['MISSING', 'SUBJECT', 'STATE', 'SINCE', 'ATTEMPTS', 'NEXT', 'CODE'],
        missing.map((one) => [
          one.kind,
          one.subject,
          one.state,
          one.since,
          String(one.attempts),
          one.nextAt ?? '-',
          one.code ?? '',
        ]),
      ),
      '',
      tableText(
        ['RECEIVED', 'EVENT', 'SOURCE', 'OUTCOME', 'REASON'],
        events.map((event) => [
          event.receivedAt,
          event.eventName,
          event.source,
          event.outcome,
          event.reason ?? '',
        ]),
      ),
    ].join('\n');
    return { document, text };
  },
};

/** `complete` is absent while only an event has named the book, and for a book that is deleted or not found. */
function describeCompleteness(book: BookItem | undefined): string {
  if (book?.forgottenAt !== undefined) return `forgotten since ${book.forgottenAt}`;
  const open = book?.open ?? [];
  const kinds = open.length > 0 ? `, open: ${open.join(', ')}` : '';
  if (book?.complete === true) return `complete since ${book.completeAt ?? '-'}${kinds}`;
  return book?.complete === false ? `not complete${kinds}` : `completeness unknown${kinds}`;
}

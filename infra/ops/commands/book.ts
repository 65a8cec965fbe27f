import { type Command, requiredArgument } from '../command.ts';
import { tableText } from '../table-text.ts';

export const book: Command = {
  usage: 'book <uuid>',
  summary: 'a book: what is stored of it, and every delivery about it',
  status0: 'something is stored of it',
  async run({ reader }, call) {
    const bookId = requiredArgument(call, 0, 'the uuid of the book');
    const [stored, documents, results, events] = await Promise.all([
      reader.book(bookId),
      reader.documents(bookId),
      reader.results(bookId),
      reader.events(bookId),
    ]);
    if (stored === undefined && events.length === 0) throw new Error(`nothing is stored of book ${bookId}`);
    const document = { book: stored ?? null, documents, results, events };
    const text = [
      `book ${bookId}: ${stored?.status ?? 'status unknown'}, generation ${stored?.generation ?? '-'}`,
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

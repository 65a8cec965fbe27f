import { entryName } from '../checklist/entry.ts';
import {
  isOpen,
  isUntried,
  type Line,
  linesOf,
  linesOfBook,
  linesOfDocument,
  type Rules,
} from '../checklist/lines.ts';
import { isCaptured } from '../checklist/observation.ts';
import type { Book } from '../store/books.ts';
import { isForLook } from './ask.ts';
import { lineName } from './mark.ts';
import type { Seen } from './observation/observe.ts';
import type { Focus } from './read.ts';

/**
 * Maximum number of documents that an event of the whole book asks for. Their own events, or the next look, bring the
 * others (docs/decisions/0008). In a book of more than 50 documents, a delivery reads only the documents that it names, and
 * asks for none here.
 */
const MAX_DOCUMENTS = 20;

/**
 * Selects the checklist lines to ask for: those that events have marked or summarize, due or not, and in a look all that
 * are due. Pure.
 */
export function linesInFocus(seen: Seen, book: Book, focus: Focus, rules: Rules): Line[] {
  const { announcements, look } = focus;
  const documents = [...seen.documents.values()];
  const all = linesOf(book, documents, rules);
  const summarized = summarizedLines(seen, book, focus, rules);
  return all.filter((line) => {
    if (look !== undefined && seen.observation !== undefined && isForLook(line, look.isUrgent, rules))
      return true;
    if (announcements.length === 0) return false;
    const name = lineName(line.want);
    return (seen.marked.has(name) && line.entry.answered < line.wanted) || summarized.has(name);
  });
}

/**
 * Names of open lines that an event summarizes: those of the book, and of some documents. Lines of documents that were
 * never asked for are left out: another event has just marked them, and asks for them itself.
 */
function summarizedLines(seen: Seen, book: Book, { announcements }: Focus, rules: Rules): Set<string> {
  const summaries = announcements.filter(({ isSummary }) => isSummary);
  const wants = new Set(summaries.flatMap((one) => one.wants.map((want) => entryName(want, book.bookId))));
  const ofBook = linesOfBook(book, rules).filter(
    (line) => isOpen(line) && wants.has(entryName(line.want, book.bookId)),
  );
  const kinds = new Set(
    summaries.flatMap(({ documents, documentKinds }) => (documents === 'book' ? documentKinds : [])),
  );
  const ofDocuments = [...seen.documents.values()]
    .filter(isCaptured)
    .map((document) => linesOfDocument(document, book, rules).filter(({ want }) => kinds.has(want.kind)))
    .map((lines) => lines.filter((line) => isOpen(line) && !isUntried(line)))
    .filter((lines) => lines.length > 0)
    .slice(0, MAX_DOCUMENTS);
  return new Set([...ofBook, ...ofDocuments.flat()].map(({ want }) => lineName(want)));
}

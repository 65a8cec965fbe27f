import { type Entry, wantOf } from '../../../shared/checklist/entry.ts';
import { type Book, readBook } from '../../../shared/store/books.ts';
import { readDocuments } from '../../../shared/store/documents.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import type { MissingResult } from '../../../shared/store/reader.ts';
import { missingIfStored } from '../../ops/book-contents.ts';
import type { Clients } from '../../running-stacks/clients.ts';

/** One line of a book's checklist. */
export interface ChecklistLine {
  readonly kind: string;
  readonly subject: string;
  readonly isMissing: boolean;
  /**
   * State of a missing result as in `ops missing`; otherwise that of its answer (`stored`, `unavailable`), or
   * `probe`: not announced. An open result that is not missing is `not expected`, by the setting `results` or by the
   * contract with Ocrolus.
   */
  readonly state: string;
  /** Code of the last answer without a result. */
  readonly code: string | null;
  /** Number of requests without a result, since the last mark. */
  readonly attempts: number;
  readonly nextAt: string | null;
  /** An older answer is stored, although the result is missing. */
  readonly hasOlder: boolean;
  /** Ocrolus is computing it. */
  readonly hasJob: boolean;
}

/** A book in the simulated Ocrolus of the local stack. */
interface SimulatedBook {
  readonly name: string;
  readonly status: string;
  /** The next step; `null` when the book is finished. */
  readonly next: string | null;
}

/** Content of the page of a book. @returns `undefined` if neither the table nor the simulator knows the book. */
export async function bookPage(
  bookId: string,
  { reader, table: openTable }: Pick<Clients, 'reader' | 'table'>,
  simulated?: SimulatedBook,
) {
  const table = openTable();
  const [book, documents, results, missing, events] = await Promise.all([
    readBook(table, bookId),
    readDocuments(table, bookId),
    reader.results(bookId),
    missingIfStored(reader, bookId),
    reader.events(bookId),
  ]);
  if (book === undefined && events.length === 0 && simulated === undefined) return undefined;
  const lines = new Map<string, ChecklistLine>();
  const add = (line: ChecklistLine) => lines.set(`${line.kind} ${line.subject}`, line);
  const addMissing = (one: MissingResult) => {
    const { hasOlder = false, hasJob = false } = lines.get(`${one.kind} ${one.subject}`) ?? {};
    add({ ...one, isMissing: true, hasOlder, hasJob });
  };
  for (const [name, entry] of Object.entries(book?.entries ?? {})) add(lineOf(wantOf(name, bookId), entry));
  for (const { docUuid, entries } of documents.byUuid.values()) {
    for (const [kind, entry] of Object.entries(entries)) add(lineOf({ kind, subject: docUuid }, entry));
  }
  for (const one of missing) addMissing(one);
  return {
    bookId,
    book: book === undefined ? null : withoutEntries(book),
    simulated: simulated ?? null,
    documents: [...documents.byUuid.values()].map(({ entries: _entries, ...document }) => document),
    checklist: [...lines.values()].sort(byState),
    missing: missing.length,
    results,
    events: events.map(withoutPayload),
  };
}

/** A line that `missing` does not report. */
function lineOf({ kind, subject }: { kind: string; subject: string }, entry: Entry): ChecklistLine {
  const { wanted, answered, state = 'probe', code = null, tries: attempts = 0, nextAt = null, job } = entry;
  const isOpen = answered < wanted;
  return {
    kind,
    subject,
    isMissing: false,
    state: isOpen ? 'not expected' : state,
    code,
    attempts,
    nextAt,
    hasOlder: isOpen && state === 'stored',
    hasJob: job?.id !== undefined,
  };
}

/** Missing results first. */
function byState(a: ChecklistLine, b: ChecklistLine): number {
  return (
    Number(b.isMissing) - Number(a.isMissing) ||
    a.kind.localeCompare(b.kind) ||
    a.subject.localeCompare(b.subject)
  );
}

export function withoutPayload({ payload: _, ...event }: EventItem) {
  return event;
}

function withoutEntries({ entries: _, ...book }: Book): Omit<Book, 'entries'> {
  return book;
}

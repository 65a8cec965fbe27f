import { type Entry, wantOf } from '../../../shared/checklist/entry.ts';
import { readBook } from '../../../shared/store/books.ts';
import { readDocuments } from '../../../shared/store/documents.ts';
import type { MissingResult } from '../../../shared/store/reader.ts';
import { missingIfStored } from '../../ops/ledger/books.ts';
import type { Target } from '../../ops/target/target.ts';

/** Content of the page of a book: `book` is `null`, and the lists are empty, if nothing is stored of it. */
export async function bookPage(
  bookId: string,
  { reader, table: openTable }: Pick<Target, 'reader' | 'table'>,
) {
  const table = openTable();
  const [book, documents, results, missing, events] = await Promise.all([
    readBook(table, bookId),
    readDocuments(table, bookId),
    reader.results(bookId),
    missingIfStored(reader, bookId),
    reader.events(bookId),
  ]);
  const lines = new Map<string, Line>();
  const add = (line: Line) => lines.set(`${line.kind} ${line.subject}`, line);
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
    book: book === undefined ? null : { name: book.name, status: book.status, complete: book.complete },
    documents: [...documents.byUuid.values()].map(({ entries: _entries, ...document }) => document),
    checklist: [...lines.values()].sort(byState),
    missing: missing.length,
    results,
    events: events.map(({ payload: _, ...event }) => event),
  };
}

/** One line of a book's checklist. */
type Line = ReturnType<typeof lineOf>;

/**
 * A line that `missing` does not report. Its state is that of its answer (`stored`, `unavailable`), or `probe`: not announced.
 * An open result that is not missing is `not expected`, by the setting `results` or by the contract with Ocrolus.
 */
function lineOf({ kind, subject }: { kind: string; subject: string }, entry: Entry) {
  const { wanted, answered, state = 'probe', code = null, tries: attempts = 0, nextAt = null, job } = entry;
  const isOpen = answered < wanted;
  return {
    ...{ kind, subject, code, attempts, nextAt },
    isMissing: false,
    state: isOpen ? 'not expected' : (state as string),
    /** An older answer is stored, although the result is missing. */
    hasOlder: isOpen && state === 'stored',
    /** Ocrolus is computing it. */
    hasJob: job?.id !== undefined,
  };
}

/** Missing results first. */
function byState(a: Line, b: Line): number {
  return (
    Number(b.isMissing) - Number(a.isMissing) ||
    a.kind.localeCompare(b.kind) ||
    a.subject.localeCompare(b.subject)
  );
}

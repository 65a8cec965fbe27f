import * as z from 'zod';
import { type Entry, wantOf } from '../../../shared/checklist/entry.ts';
import { pkOf } from '../../../shared/events/ids.ts';
import { readBook } from '../../../shared/store/books.ts';
import { readDocuments } from '../../../shared/store/documents.ts';
import type { MissingResult } from '../../../shared/store/reader.ts';
import { findUuids, mayLack, missingIfStored, polledBooks, readBooks } from '../../ops/ledger/books.ts';
import { bookId } from '../../ops/options.ts';
import type { Target } from '../../ops/target/target.ts';

/** Maximum number of books of a list, and of those that are read for it. */
const MOST_ROWS = 100;
const MOST_READ = 1000;

const Row = z.object({
  bookId: z.string(),
  name: z.string().optional(),
  status: z.string().optional(),
  complete: z.boolean().optional(),
  open: z.array(z.string()).default([]),
  dueAt: z.string().default(''),
});

/** The books that are polled next. @param isMissing only those that may lack results. */
export async function listBooks(
  { table: openTable }: Pick<Target, 'table'>,
  { isMissing = false, mostRead = MOST_READ } = {},
) {
  const table = openTable();
  const rows: z.infer<typeof Row>[] = [];
  let read = 0;
  let lacking = 0;
  let isCut = false;
  for await (const bookIds of polledBooks(table)) {
    if (rows.length >= MOST_ROWS || read >= mostRead) {
      isCut = true;
      break;
    }
    const books = await readBooks(table, bookIds, Object.keys(Row.shape));
    const lack = books.filter(mayLack);
    read += books.length;
    lacking += lack.length;
    rows.push(...(isMissing ? lack : books).map((book) => Row.parse(book)));
  }
  rows.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
  return { read, lacking, isCut: isCut || rows.length > MOST_ROWS, rows: rows.slice(0, MOST_ROWS) };
}

/** Page of a book, which is found by its uuid, or among the polled ones by `pk-<number>`. @throws Error for another name */
export async function findBookPage(target: Target, text: string) {
  const id = bookId(text);
  const pk = pkOf(id);
  const uuid = pk === undefined ? id : (await findUuids(target.table(), new Set([pk]))).get(pk);
  return bookPage(uuid ?? id, target);
}

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

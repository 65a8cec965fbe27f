import { wantOf } from '../../../../shared/checklist/entry.ts';
import { type Book, readBook } from '../../../../shared/store/books.ts';
import { readDocuments } from '../../../../shared/store/documents.ts';
import type { EventItem } from '../../../../shared/store/items.ts';
import type { SimulatorControl } from '../../ocrolus/control/control.ts';
import type { Store } from '../store.ts';

/** One line of a book's checklist. */
export interface ChecklistLine {
  readonly kind: string;
  readonly subject: string;
  readonly state: string;
  readonly code: string | null;
  readonly attempts: number;
  readonly since: string;
  readonly nextAt: string | null;
}

/** States of missing results. */
const OPEN = ['wanted', 'pending', 'expired'];

/** What the page of a book shows. @returns `undefined` when neither the table nor the simulator knows the book. */
export async function bookPage(
  bookId: string,
  { reader, table }: Store,
  simulator: SimulatorControl | undefined,
) {
  const [book, documents, results, missing, events] = await Promise.all([
    readBook(table, bookId),
    readDocuments(table, bookId),
    reader.results(bookId),
    reader.missing(bookId),
    reader.events(bookId),
  ]);
  const simulated = simulator?.books.find(({ uuid }) => uuid === bookId) ?? null;
  if (book === undefined && events.length === 0 && simulated === null) return undefined;
  const lines = new Map<string, ChecklistLine>();
  const add = (line: ChecklistLine) => lines.set(`${line.kind} ${line.subject}`, line);
  for (const [name, entry] of Object.entries(book?.entries ?? {})) {
    const { kind, subject } = wantOf(name, bookId);
    add(lineOf(kind, subject, entry));
  }
  for (const { docUuid, entries } of documents.values()) {
    for (const [kind, entry] of Object.entries(entries)) add(lineOf(kind, docUuid, entry));
  }
  for (const one of missing) add(one);
  return {
    bookId,
    book: book === undefined ? null : withoutEntries(book),
    simulated,
    documents: [...documents.values()].map(({ entries: _entries, ...document }) => document),
    checklist: [...lines.values()].sort(byState),
    missing: missing.length,
    results,
    events: events.map(withoutPayload),
  };
}

function lineOf(
  kind: string,
  subject: string,
  entry: {
    state: string;
    code?: string | undefined;
    attempts: number;
    since: string;
    nextAt?: string | undefined;
  },
): ChecklistLine {
  const { state, code = null, attempts, since, nextAt = null } = entry;
  return { kind, subject, state, code, attempts, since, nextAt };
}

/** Missing results first. */
function byState(a: ChecklistLine, b: ChecklistLine): number {
  const rank = ({ state }: ChecklistLine) => (OPEN.includes(state) ? 0 : 1);
  return rank(a) - rank(b) || a.kind.localeCompare(b.kind) || a.subject.localeCompare(b.subject);
}

function withoutEntries({ entries: _, ...book }: Book): Omit<Book, 'entries'> {
  return book;
}

function withoutPayload({ payload: _, ...event }: EventItem) {
  return event;
}

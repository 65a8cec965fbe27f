import { type Entry, NO_ENTRY } from '../../../../shared/checklist/entry.ts';
import { readBook } from '../../../../shared/store/books.ts';
import { readDocuments } from '../../../../shared/store/documents.ts';
import type { Table } from '../../../../shared/store/table.ts';

/** The entry of a book's checklist, by its name (`kind`, or `kind#subject`). */
export async function entryOf(table: Table, bookId: string, name: string): Promise<Entry | undefined> {
  return (await readBook(table, bookId))?.entries[name];
}

/** The documents whose forms and transactions are stored, and may not be newer. */
export async function capturedDocuments(table: Table, bookId: string): Promise<string[]> {
  const documents = [...(await readDocuments(table, bookId)).byUuid.values()];
  const isStored = ({ state, wanted, answered }: Entry) => state === 'stored' && answered >= wanted;
  return documents
    .filter(
      ({ entries: { forms = NO_ENTRY, transactions = NO_ENTRY } }) =>
        isStored(forms) && isStored(transactions),
    )
    .map(({ docUuid }) => docUuid);
}

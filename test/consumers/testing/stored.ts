import type { Entry } from '../../../shared/checklist/entry.ts';
import { readBook } from '../../../shared/store/books.ts';
import { readDocuments } from '../../../shared/store/documents.ts';
import type { Table } from '../../../shared/store/table.ts';

/** The entry of a book's checklist, by its name (`kind`, or `kind#subject`). */
export async function entryOf(table: Table, bookId: string, name: string): Promise<Entry | undefined> {
  return (await readBook(table, bookId))?.entries[name];
}

/** The documents whose forms and transactions are stored for the version that they have now. */
export async function capturedDocuments(table: Table, bookId: string): Promise<string[]> {
  const documents = [...(await readDocuments(table, bookId)).values()];
  return documents
    .filter(({ entries, version }) =>
      (['forms', 'transactions'] as const).every(
        (kind) => entries[kind]?.state === 'stored' && entries[kind].version === version,
      ),
    )
    .map(({ docUuid }) => docUuid);
}

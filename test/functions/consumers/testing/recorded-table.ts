import type { Key, Table } from '../../../../shared/store/table.ts';

/** A table that notes the sort key of each write that it lets through, and refuses those that a test names. */
export interface RecordedTable extends Table {
  readonly written: string[];
}

export function recordWrites(table: Table, refuses: (item: string) => boolean = () => false): RecordedTable {
  const written: string[] = [];
  const noting = async <T>({ item }: Key, write: () => Promise<T>): Promise<T> => {
    if (refuses(item)) throw new Error('DynamoDB is down');
    const result = await write();
    written.push(item);
    return result;
  };
  return {
    ...table,
    written,
    put: (item, condition) => noting(item, () => table.put(item, condition)),
    update: (key, update) => noting(key, () => table.update(key, update)),
    delete: (key, condition) => noting(key, () => table.delete(key, condition)),
  };
}

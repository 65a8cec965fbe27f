import type { Table } from '../../../shared/store/table.ts';

/**
 * A table whose answer to every n-th write is lost: the SDK tries it again, and the condition fails on what the first
 * try has written.
 */
export function loseAnswers(table: Table, every = 1): Table {
  let writes = 0;
  return {
    ...table,
    async put(item, condition) {
      writes += 1;
      const written = await table.put(item, condition);
      return writes % every === 0 ? table.put(item, condition) : written;
    },
    async update(key, update) {
      writes += 1;
      const written = await table.update(key, update);
      return writes % every === 0 ? table.update(key, update) : written;
    },
    async delete(key, condition) {
      writes += 1;
      const written = await table.delete(key, condition);
      return writes % every === 0 ? table.delete(key, condition) : written;
    },
  };
}

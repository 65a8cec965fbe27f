import { type MemoryTable, memoryTable } from '../../store/testing/memory-table.ts';

/** A table of which some writes kill the process before they happen. */
export interface DyingTable {
  readonly table: MemoryTable;
  /** True if writing the item kills the process. */
  dies: (item: string) => boolean;
}

export async function dyingTable(): Promise<DyingTable> {
  const table = await memoryTable();
  const check = (item: string) => {
    if (dying.dies(item)) throw new Error('killed');
  };
  const dying: DyingTable = {
    dies: () => false,
    table: {
      ...table,
      put: async (item, condition) => {
        check(item.item);
        return table.put(item, condition);
      },
      update: async (key, update) => {
        check(key.item);
        return table.update(key, update);
      },
      delete: async (key, condition) => {
        check(key.item);
        return table.delete(key, condition);
      },
    },
  };
  return dying;
}

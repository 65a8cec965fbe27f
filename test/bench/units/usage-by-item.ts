import type { Key } from '../../../shared/store/table.ts';
import type { MemoryTableCore } from '../../simulation/kernel/table/memory-table-core.ts';

/** Writes by kind of item. */
export interface ItemUsage {
  writes: number;
  /** Writes whose condition failed. */
  refused: number;
  /** Write units, those of the index and of refused writes included. */
  units: number;
}

/** The partitions of the project itself, which have no book. */
const OWN = new Set(['limiter', 'circuit', 'poller']);

function nameOf({ bookId, item }: Key): string {
  return OWN.has(bookId) ? bookId : (item.split('#')[0] ?? item);
}

/** Counts what a table writes from now on, by the kind of item: `BOOK`, `DOC`, `RESULT`, `EVENT`, `limiter` and so on. */
export function watchUsage(table: MemoryTableCore): Map<string, ItemUsage> {
  const usage = new Map<string, ItemUsage>();
  const counted = <Result>(key: Key, write: () => Result): Result => {
    const { writeUnits, refusedWrites } = table.usage;
    const result = write();
    const known = usage.get(nameOf(key)) ?? { writes: 0, refused: 0, units: 0 };
    usage.set(nameOf(key), {
      writes: known.writes + 1,
      refused: known.refused + table.usage.refusedWrites - refusedWrites,
      units: known.units + table.usage.writeUnits - writeUnits,
    });
    return result;
  };
  const put = table.put.bind(table);
  const update = table.update.bind(table);
  const remove = table.delete.bind(table);
  table.put = (key, ...rest) => counted(key, () => put(key, ...rest));
  table.update = (key, ...rest) => counted(key, () => update(key, ...rest));
  table.delete = (key, ...rest) => counted(key, () => remove(key, ...rest));
  return usage;
}

export function unitsOfBooks(usage: ReadonlyMap<string, ItemUsage>): number {
  return [...usage].reduce((sum, [name, { units }]) => (OWN.has(name) ? sum : sum + units), 0);
}

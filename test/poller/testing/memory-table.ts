import type { Table } from '../../../shared/store/table.ts';
import { prepareCondition } from '../../simulation/kernel/table/condition.ts';
import { MemoryTableCore } from '../../simulation/kernel/table/memory-table-core.ts';
import { prepareUpdate } from '../../simulation/kernel/table/prepare.ts';
import { marshalAttributes } from '../../simulation/kernel/table/values.ts';

/** Items of one page of a query. */
const PAGE = 100;

/**
 * The table of the simulation, without its scheduler: for tests in which months pass. What it does is checked against
 * dynalite (test/simulation/kernel/memory-table.property.test.ts).
 */
export async function memoryTable(): Promise<Table> {
  const core = new MemoryTableCore(
    () => 0,
    () => 0,
  );
  return {
    get: async (key, attributes) => core.get(key, attributes),
    put: async (item, condition) => {
      const key = { bookId: item.bookId, item: item.item };
      return core.put(key, marshalAttributes(item), condition && prepareCondition(condition));
    },
    update: async (key, update) => core.update(key, prepareUpdate(update)),
    delete: async (key, condition) => core.delete(key, condition && prepareCondition(condition)),
    async *query(query) {
      let page = core.queryPage(query, PAGE);
      yield* page.rows;
      while (page.next !== undefined) {
        page = core.queryPage(query, PAGE, page.next);
        yield* page.rows;
      }
    },
    async *queryDue(shard, until) {
      let page = core.queryDuePage(shard, until, PAGE);
      yield* page.rows;
      while (page.next !== undefined) {
        page = core.queryDuePage(shard, until, PAGE, page.next);
        yield* page.rows;
      }
    },
  };
}

import type { DueRow, Item, Key, Table, Written } from '../../../../shared/store/table.ts';
import {
  MemoryTableCore,
  type Page,
  type Usage,
} from '../../../simulation/kernel/table/memory-table-core.ts';
import { marshalAttributes, prepareUpdate } from '../../../simulation/kernel/table/values.ts';

/** Items of one page of a query, so that even a small test has several pages. */
const PAGE = 100;

/** Requests that a table has received. */
export interface Requests {
  /** Items that were read, whether they were returned or filtered out: what DynamoDB charges for. */
  items: number;
  reads: number;
  writes: number;
}

/** A table in memory, which counts what it is asked. */
export interface MemoryTable extends Table {
  readonly requests: Requests;
  /** Usage that DynamoDB would charge for. */
  readonly usage: Usage;
}

/**
 * The table of the simulation, without its scheduler: for tests that make many requests. What it does is checked
 * against dynalite (test/simulation/kernel/table/memory-table.property.test.ts).
 *
 * @param pageItems most items of a page, which also ends at 1 MB.
 */
export async function memoryTable(pageItems = PAGE): Promise<MemoryTable> {
  const core = new MemoryTableCore(
    () => 0,
    () => 0,
  );
  const requests: Requests = { items: 0, reads: 0, writes: 0 };
  const read = (items: number) => {
    requests.reads += 1;
    requests.items += items;
  };
  const get: Table['get'] = async (key, attributes) => {
    const item = core.get(key, attributes);
    read(item === undefined ? 0 : 1);
    return item;
  };
  /** Like the real table, it reads the item again when the condition fails. */
  const write = async (key: Key, effect: () => Written): Promise<Written> => {
    requests.writes += 1;
    const written = effect();
    return written.written ? written : { written: false, existing: await get(key) };
  };
  async function* pages<Row, Position>(next: (after?: Position) => Page<Row, Position>): AsyncGenerator<Row> {
    let after: Position | undefined;
    do {
      const page = next(after);
      read(page.rows.length);
      yield* page.rows;
      after = page.next;
    } while (after !== undefined);
  }
  return {
    requests,
    usage: core.usage,
    get,
    put: async ({ bookId, item, ...rest }, condition) => {
      const key = { bookId, item };
      const attributes = marshalAttributes({ ...key, ...rest });
      return write(key, () => core.put(key, attributes, condition));
    },
    update: (key, update) => write(key, () => core.update(key, prepareUpdate(update))),
    delete: (key, condition) => write(key, () => core.delete(key, condition)),
    query: (query) => pages<Item, string>((after) => core.queryPage(query, pageItems, after)),
    queryDue: (shard, until) =>
      pages<DueRow, DueRow>((after) => core.queryDuePage(shard, until, pageItems, after)),
  };
}

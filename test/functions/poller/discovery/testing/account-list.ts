import { type Cursor, readCursor } from '../../../../../functions/poller/discovery/cursor.ts';
import { type Discovered, discover } from '../../../../../functions/poller/discovery/discover.ts';
import { type MemoryTable, memoryTable } from '../../../../shared/store/testing/memory-table.ts';
import { type BookList, createBookList } from '../../testing/book-list.ts';
import { createPollerHarness, type PollerHarness, pollerSettings } from '../../testing/harness.ts';

export interface Asked {
  readonly list?: BookList;
  readonly account?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Discovery of an account's list, with a table and a clock of its own. */
export interface AccountList {
  readonly list: BookList;
  readonly table: MemoryTable;
  readonly harness: PollerHarness;
  /** One call. */
  page(asked?: Asked): Promise<Discovered>;
  /** Calls until nothing is left. @returns how many books were found. */
  run(asked?: Asked): Promise<number>;
  /** Runs every five minutes. */
  runs(count: number): Promise<number>;
  isKnown(uuid: string): Promise<boolean>;
  cursor(): Promise<Cursor>;
}

export async function createAccountList(): Promise<AccountList> {
  const table = await memoryTable();
  const harness = createPollerHarness(table);
  const page = ({ list = account.list, account: name = 'default', settings = {} }: Asked = {}) =>
    discover(
      {
        ...harness.dependencies,
        settings: pollerSettings(settings),
        accounts: { names: [name], client: () => list.client },
      },
      name,
      Number.POSITIVE_INFINITY,
    );
  const account: AccountList = {
    list: createBookList(),
    table,
    harness,
    page,
    async run(asked) {
      let found = 0;
      for (let calls = 0; calls < 1000; calls += 1) {
        const answer = await page(asked);
        found += answer.found;
        if (answer.isCaughtUp) return found;
      }
      throw new Error('a run does not end');
    },
    async runs(count) {
      let found = 0;
      for (let n = 0; n < count; n += 1) {
        harness.clock.advance(300);
        found += await account.run();
      }
      return found;
    },
    isKnown: async (uuid) => (await harness.reader.book(uuid)) !== undefined,
    cursor: () => readCursor(table, 'default', 0),
  };
  return account;
}

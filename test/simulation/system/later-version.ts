import type { Condition } from '../../../shared/store/condition.ts';
import type {
  DueRow,
  Item,
  Key,
  PartitionQuery,
  Table,
  Update,
  Written,
} from '../../../shared/store/table.ts';

/*
 * A synthetic later version of the product: this version with a table that adds what only the later one knows, and hides it
 * from this one's code. So after a rollback, the older version finds attributes, kinds and states that it does not know.
 */

const LATER = /^(need#)?later/;

/** What the later version adds to each book and document, by the name of the attribute. */
export function isOfLaterVersion(attribute: string): boolean {
  return LATER.test(attribute);
}

/** A kind that this version does not know. */
export const LATER_KIND = 'later-kind';

/** The later version's table. @param now Unix milliseconds. @param decides draws from 0 to 1. */
export class LaterTable implements Table {
  readonly #table: Table;
  readonly #now: () => number;
  readonly #draw: () => number;

  constructor(table: Table, now: () => number, draw: () => number) {
    this.#table = table;
    this.#now = now;
    this.#draw = draw;
  }

  async get(key: Key, attributes?: readonly string[]): Promise<Item | undefined> {
    return hidden(await this.#table.get(key, attributes));
  }

  async put(item: Item & Key, condition?: Condition): Promise<Written> {
    return hiddenFrom(await this.#table.put(this.#extended(item), condition));
  }

  async update(key: Key, update: Update): Promise<Written> {
    return hiddenFrom(await this.#table.update(key, update));
  }

  async delete(key: Key, condition?: Condition): Promise<Written> {
    return hiddenFrom(await this.#table.delete(key, condition));
  }

  async *query(query: PartitionQuery): AsyncGenerator<Item> {
    for await (const item of this.#table.query(query)) yield hidden(item) ?? item;
  }

  queryDue(dueShard: string, until: string): AsyncGenerator<DueRow> {
    return this.#table.queryDue(dueShard, until);
  }

  #extended(item: Item & Key): Item & Key {
    const isBook = item.item === 'BOOK';
    const isResult = item.item.startsWith('RESULT#');
    if ((!isBook && !isResult && !item.item.startsWith('DOC#')) || item.status === 'FORGOTTEN') return item;
    const later = { laterText: 'x', laterMap: { at: this.#now(), list: [1, 'two', { three: 3 }] } };
    if (isResult) return { ...item, ...later };
    const entry = {
      state: 'dreaming',
      wanted: this.#now(),
      answered: 0,
      version: 1,
      since: new Date(0).toISOString(),
    };
    const progress = isBook ? { laterProgress: { state: 'begun', at: new Date(0).toISOString() } } : {};
    const open =
      isBook && Array.isArray(item.open) && this.#draw() < 0.5
        ? { open: [...(item.open as readonly string[]), LATER_KIND] }
        : {};
    return { ...item, ...later, ...progress, ...open, [`need#${LATER_KIND}`]: entry };
  }
}

function hiddenFrom(written: Written): Written {
  if (written.written) return { written: true, before: hidden(written.before) };
  return { written: false, existing: hidden(written.existing) };
}

/** Without what only the later version knows. */
function hidden(item: Item | undefined): Item | undefined {
  if (item === undefined) return undefined;
  const known = Object.fromEntries(Object.entries(item).filter(([name]) => !isOfLaterVersion(name)));
  const { open } = known;
  return Array.isArray(open) ? { ...known, open: open.filter((kind) => kind !== LATER_KIND) } : known;
}

import type { Condition } from '../../../../shared/store/condition.ts';
import type {
  DueRow,
  Item,
  Key,
  PartitionQuery,
  Table,
  Update,
  Written,
} from '../../../../shared/store/table.ts';
import { DAY } from '../../ocrolus/random.ts';
import type { Actor, Simulation } from '../actors.ts';
import { port } from '../port.ts';
import type { Random } from '../random.ts';
import type { Scheduler } from '../schedule/scheduler.ts';
import { MemoryTableCore, type Page } from './memory-table-core.ts';
import { marshalAttributes, prepareUpdate } from './values.ts';

/** DynamoDB removes an item within a few days after its time (AWS: time to live); two here. */
const LATE_MS = 2 * DAY;

/** Removes items whose `expiresAt` has passed: some at once, some days later, in any order. */
export function startExpiry(
  table: MemoryTableCore,
  scheduler: Scheduler,
  { random, until }: { readonly random: Random; readonly until: number },
): void {
  const scheduled = new Set<string>();
  table.onChange(({ key, after }) => {
    const expiresAt = expiryOf(after);
    const name = `${key.bookId} ${key.item}`;
    if (expiresAt === undefined || expiresAt > until || scheduled.has(name)) return;
    scheduled.add(name);
    const check = () => {
      const current = expiryOf(table.peek(key));
      if (current === undefined || current > until) scheduled.delete(name);
      else if (current > scheduler.now()) scheduler.at(current + random.int(0, LATE_MS), check);
      else {
        scheduled.delete(name);
        table.expire(key);
      }
    };
    scheduler.at(expiresAt + random.int(0, LATE_MS), check);
  });
}

/** Unix milliseconds. */
function expiryOf(attributes: { readonly expiresAt?: unknown } | undefined): number | undefined {
  return typeof attributes?.expiresAt === 'number' ? attributes.expiresAt * 1000 : undefined;
}

/** The table of a simulation. The index lags as the fault profile of the moment says. */
export function openMemoryTable({ scheduler, faults, random }: Simulation): MemoryTableCore {
  const lags = random.fork('index-lag');
  return new MemoryTableCore(scheduler.now, () => {
    const { lag, slow, slowLag } = faults.profile.index;
    return lags.within(lags.chance(slow) ? slowLag : lag);
  });
}

/** The table as it is, for readers outside of the simulation: at no time and without faults. */
export function readOnlyTable(table: MemoryTableCore): Table {
  const refuse = () => Promise.reject(new Error('readers write nothing'));
  return {
    get: async (key, attributes) => table.get(key, attributes),
    async *query(query) {
      yield* table.queryPage(query, Number.POSITIVE_INFINITY).rows;
    },
    async *queryDue(shard, until) {
      yield* table.queryDuePage(shard, until, Number.POSITIVE_INFINITY).rows;
    },
    put: refuse,
    update: refuse,
    delete: refuse,
  };
}

/**
 * The table as one actor uses it; each request is a scheduling point. Like the SDK, it takes the input at the call:
 * what the caller changes afterwards is not written.
 */
export class MemoryTable implements Table {
  readonly #core: MemoryTableCore;
  readonly #actor: Actor;

  constructor(core: MemoryTableCore, actor: Actor) {
    this.#core = core;
    this.#actor = actor;
  }

  async get(key: Key, attributes?: readonly string[]): Promise<Item | undefined> {
    return await this.#request('table.get', key, () => this.#core.get(key, attributes));
  }

  async put(item: Item & Key, condition?: Condition): Promise<Written> {
    const { bookId, item: sortKey } = item;
    const key = { bookId, item: sortKey };
    const attributes = marshalAttributes(item);
    return await this.#write('table.put', key, () => this.#core.put(key, attributes, condition));
  }

  async update(key: Key, update: Update): Promise<Written> {
    const prepared = prepareUpdate(update);
    return await this.#write('table.update', key, () => this.#core.update(key, prepared));
  }

  async delete(key: Key, condition?: Condition): Promise<Written> {
    return await this.#write('table.delete', key, () => this.#core.delete(key, condition));
  }

  query(query: PartitionQuery): AsyncGenerator<Item> {
    const key = { bookId: query.bookId, item: query.prefix ?? '' };
    return this.#pages<Item, string>('table.query', key, (most, after) =>
      this.#core.queryPage(query, most, after),
    );
  }

  queryDue(dueShard: string, until: string): AsyncGenerator<DueRow> {
    const key = { bookId: dueShard, item: until };
    return this.#pages<DueRow, DueRow>('table.queryDue', key, (most, after) =>
      this.#core.queryDuePage(dueShard, until, most, after),
    );
  }

  async *#pages<Row, Position>(
    name: string,
    key: Key,
    read: (most: number, after?: Position) => Page<Row, Position>,
  ): AsyncGenerator<Row> {
    const { faults } = this.#actor.simulation;
    let after: Position | undefined;
    do {
      const page = await this.#request(name, key, () => read(faults.profile.pageItems, after));
      yield* page.rows;
      after = page.next;
    } while (after !== undefined);
  }

  /** What made a condition fail is read with the write, or later: then it may be another version. */
  async #write(name: string, key: Key, effect: () => Written): Promise<Written> {
    const written = await this.#request(name, key, effect);
    const { random, simulation } = this.#actor;
    if (written.written || !random.chance(simulation.faults.profile.lateExisting)) return written;
    return { written: false, existing: await this.get(key) };
  }

  #request<Result>(name: string, { bookId, item }: Key, effect: () => Result): Promise<Result> {
    return port(this.#actor, { name, key: `${bookId}/${item}` }, effect);
  }
}

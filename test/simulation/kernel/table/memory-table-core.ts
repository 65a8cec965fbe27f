import type { Condition } from '../../../../shared/store/condition.ts';
import type { DueRow, Item, Key, PartitionQuery, Written } from '../../../../shared/store/table.ts';
import { DueIndex, Partition, type StoredItem } from './due-index.ts';
import {
  type Attributes,
  applyUpdate,
  checkItem,
  copyAttributes,
  isMet,
  NO_ATTRIBUTES,
  type PreparedUpdate,
  sizeOfAttributes,
  type Value,
  validationException,
} from './values.ts';

/** AWS: read and write request units (DynamoDB, on-demand capacity). */
const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/** What the operations of a table have cost, approximately: characters count as one byte. */
export class Usage {
  reads = 0;
  writes = 0;
  /** Writes whose condition failed; they cost as much. */
  refusedWrites = 0;
  readUnits = 0;
  writeUnits = 0;

  read(bytes: number): void {
    this.reads += 1;
    this.readUnits += unitsOf(bytes, READ_UNIT_BYTES);
  }

  /** @param bytes of all items read; an eventually consistent read costs half. */
  query(bytes: number, isConsistent: boolean): void {
    this.readUnits += unitsOf(bytes, READ_UNIT_BYTES) / (isConsistent ? 1 : 2);
  }

  /** @param bytes the larger of the item before and after. */
  write(bytes: number, indexUnits: number): void {
    this.writes += 1;
    this.writeUnits += unitsOf(bytes, WRITE_UNIT_BYTES) + indexUnits;
  }

  refusedWrite(bytes: number): void {
    this.refusedWrites += 1;
    this.writeUnits += unitsOf(bytes, WRITE_UNIT_BYTES);
  }
}

function unitsOf(bytes: number, unit: number): number {
  return Math.max(1, Math.ceil(bytes / unit));
}

/** AWS: a query returns at most 1 MB. */
const MAX_PAGE_BYTES = 1024 * 1024;

/** A write that has happened. The attributes are those that the table keeps: to read, never to change. */
export interface Change {
  readonly key: Key;
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
  /** The item has expired (AWS: time to live). */
  readonly isExpiry?: boolean;
}

export interface Page<Row, Position> {
  readonly rows: readonly Row[];
  /** Where the next page begins; `undefined` after the last one. */
  readonly next: Position | undefined;
}

/** The table, whose operations happen at once. `MemoryTable` has it as the interface that handlers use. */
export class MemoryTableCore {
  readonly usage = new Usage();
  readonly #partitions = new Map<string, Partition>();
  readonly #listeners: ((change: Change) => void)[] = [];
  readonly #index: DueIndex;
  readonly #now: () => number;

  /** @param lag decides for one change how long the index takes to show it, in virtual milliseconds. */
  constructor(now: () => number, lag: () => number) {
    this.#now = now;
    this.#index = new DueIndex(lag);
  }

  get({ bookId, item }: Key, attributes?: readonly string[]): Item | undefined {
    checkProjection(attributes);
    const stored = this.#partitions.get(bookId)?.get(item);
    this.usage.read(stored?.bytes ?? 0);
    return stored && copyAttributes(stored.attributes, attributes);
  }

  put(key: Key, attributes: Attributes, condition?: Condition): Written {
    return this.#write(key, condition, () => attributes);
  }

  update(key: Key, update: PreparedUpdate): Written {
    return this.#write(key, update.condition, (before) => applyUpdate(key, before, update));
  }

  delete(key: Key, condition?: Condition): Written {
    return this.#write(key, condition, () => undefined);
  }

  /** @param after the sort key behind which the page begins. */
  queryPage(query: PartitionQuery, maxItems: number, after?: string): Page<Item, string> {
    const { bookId, prefix = '', attributes } = query;
    checkProjection(attributes);
    const all = this.#partitions.get(bookId)?.withPrefix(prefix, after) ?? [];
    const { rows, next, bytes } = firstPage(all, maxItems, ([, stored]) => stored.bytes);
    this.usage.query(bytes, true);
    return { rows: rows.map(([, stored]) => copyAttributes(stored.attributes, attributes)), next: next?.[0] };
  }

  queryDuePage(shard: string, until: string, maxItems: number, after?: DueRow): Page<DueRow, DueRow> {
    const all = this.#index.rows(this.#now(), shard, until, after);
    const sizeOf = ({ bookId, item, dueAt }: DueRow) => bookId.length + item.length + dueAt.length + 32;
    const { rows, next, bytes } = firstPage(all, maxItems, sizeOf);
    this.usage.query(bytes, false);
    return { rows, next };
  }

  /** Whether the index shows something that is due by a time; costs nothing. */
  hasDue(until: string): boolean {
    return this.#index.hasAny(this.#now(), until);
  }

  /** Receives every write, at the moment of the write: for invariants. */
  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  /** An item as the table keeps it, for invariants: costs nothing, and must not be changed. */
  peek({ bookId, item }: Key): Attributes | undefined {
    return this.#partitions.get(bookId)?.get(item)?.attributes;
  }

  bookIds(): IterableIterator<string> {
    return this.#partitions.keys();
  }

  /** The items of a partition as the table keeps them, in the order of the sort key. */
  *peekPartition(bookId: string, prefix = ''): Generator<Attributes> {
    for (const [, stored] of this.#partitions.get(bookId)?.withPrefix(prefix) ?? []) yield stored.attributes;
  }

  /** Removes an item whose time is over: costs nothing (AWS: time to live). */
  expire(key: Key): void {
    const before = this.#partitions.get(key.bookId)?.get(key.item)?.attributes;
    if (before === undefined) return;
    this.#index.change(this.#now(), key, before, NO_ATTRIBUTES);
    this.#store(key, undefined);
    for (const listener of this.#listeners) listener({ key, before, after: undefined, isExpiry: true });
  }

  /** Damages or repairs an item: no listener learns about it. @param values `undefined` removes an attribute. */
  replace(key: Key, values: Readonly<Record<string, Value | undefined>>): void {
    const before = this.#partitions.get(key.bookId)?.get(key.item)?.attributes;
    if (before === undefined) return;
    const after: Record<string, Value> = { ...before };
    for (const name in values) {
      const value = values[name];
      if (value === undefined) delete after[name];
      else after[name] = value;
    }
    this.#store(key, { attributes: after, bytes: sizeOfAttributes(after) });
  }

  /** Most callers do not look at what was there before: it is copied when they do, which is soon enough. */
  #write(
    key: Key,
    condition: Condition | undefined,
    next: (before: Attributes) => Attributes | undefined,
  ): Written {
    const stored = this.#partitions.get(key.bookId)?.get(key.item);
    const before = stored?.attributes ?? NO_ATTRIBUTES;
    if (condition !== undefined && !isMet(condition, before)) {
      this.usage.refusedWrite(stored?.bytes ?? 0);
      return {
        written: false,
        get existing() {
          return stored && copyAttributes(stored.attributes);
        },
      };
    }
    const after = next(before);
    const bytes = after === undefined ? 0 : sizeOfAttributes(after);
    if (after !== undefined) checkItem(after, bytes);
    const indexUnits = this.#index.change(this.#now(), key, before, after ?? NO_ATTRIBUTES);
    this.usage.write(Math.max(bytes, stored?.bytes ?? 0), indexUnits);
    this.#store(key, after && { attributes: after, bytes });
    for (const listener of this.#listeners) listener({ key, before: stored?.attributes, after });
    return {
      written: true,
      get before() {
        return stored && copyAttributes(stored.attributes);
      },
    };
  }

  #store({ bookId, item }: Key, stored: StoredItem | undefined): void {
    let partition = this.#partitions.get(bookId);
    if (stored === undefined) {
      partition?.delete(item);
      if (partition?.size === 0) this.#partitions.delete(bookId);
      return;
    }
    if (partition === undefined) {
      partition = new Partition();
      this.#partitions.set(bookId, partition);
    }
    partition.set(item, stored);
  }
}

/** The rows of a page; `next`: its last row, if it is full. */
function firstPage<Row>(all: Iterable<Row>, maxItems: number, sizeOf: (row: Row) => number) {
  const rows: Row[] = [];
  let bytes = 0;
  for (const row of all) {
    rows.push(row);
    bytes += sizeOf(row);
    if (rows.length >= maxItems || bytes >= MAX_PAGE_BYTES) return { rows, bytes, next: row };
  }
  return { rows, bytes, next: undefined };
}

function checkProjection(attributes: readonly string[] | undefined): void {
  if (attributes?.length === 0) throw validationException('the projection is empty');
}

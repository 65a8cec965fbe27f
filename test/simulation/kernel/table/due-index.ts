import type { DueRow, Key } from '../../../../shared/store/table.ts';
import { Heap } from '../schedule/scheduler.ts';
import type { Attributes } from './values.ts';

export interface StoredItem {
  /** Never changed: a write puts another one in its place. */
  readonly attributes: Attributes;
  readonly bytes: number;
}

/** The items of one partition key, in the order of the sort key. */
export class Partition {
  readonly #items = new Map<string, StoredItem>();
  readonly #sortKeys: string[] = [];

  get size(): number {
    return this.#items.size;
  }

  get(sortKey: string): StoredItem | undefined {
    return this.#items.get(sortKey);
  }

  set(sortKey: string, item: StoredItem): void {
    if (!this.#items.has(sortKey)) this.#sortKeys.splice(firstFrom(this.#sortKeys, sortKey), 0, sortKey);
    this.#items.set(sortKey, item);
  }

  delete(sortKey: string): void {
    if (this.#items.delete(sortKey)) this.#sortKeys.splice(firstFrom(this.#sortKeys, sortKey), 1);
  }

  /** Items whose sort key begins with a prefix. @param after begins behind this sort key. */
  *withPrefix(prefix: string, after?: string): Generator<readonly [sortKey: string, item: StoredItem]> {
    const from = after === undefined ? prefix : `${after}\0`;
    for (let index = firstFrom(this.#sortKeys, from); index < this.#sortKeys.length; index++) {
      const sortKey = this.#sortKeys[index];
      if (sortKey === undefined || !sortKey.startsWith(prefix)) return;
      const item = this.#items.get(sortKey);
      if (item !== undefined) yield [sortKey, item];
    }
  }
}

/** The index of the first text that is not less than another, in a sorted list. Appending is the usual case. */
function firstFrom(sorted: readonly string[], text: string): number {
  const last = sorted.at(-1);
  if (last === undefined || last < text) return sorted.length;
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface PendingChange {
  readonly visibleAt: number;
  readonly sequence: number;
  readonly key: string;
  /** `undefined`: the item no longer has a row. */
  readonly row: string | undefined;
}

/**
 * The index `due` as a query sees it: each change of a row becomes visible some time after the write, and the changes
 * of one item in their order (AWS: reading data from a global secondary index).
 */
export class DueIndex {
  /** Visible rows in their order: shard, time, book and item, with a NUL between them. */
  readonly #rows: string[] = [];
  /** The visible row of each item. */
  readonly #visible = new Map<string, string>();
  readonly #pending = new Heap<PendingChange>(isBefore);
  /** When the last pending change of an item becomes visible. */
  readonly #lastVisibleAt = new Map<string, number>();
  readonly #lag: () => number;
  #sequence = 0;

  /** @param lag decides for one change, in virtual milliseconds. */
  constructor(lag: () => number) {
    this.#lag = lag;
  }

  /** @returns the write units: a row that moves is deleted and put (AWS: write capacity of secondary indexes). */
  change(now: number, { bookId, item }: Key, before: Attributes, after: Attributes): number {
    const key = `${bookId}\0${item}`;
    const [old, row] = [rowOf(key, before), rowOf(key, after)];
    if (old === row) return 0;
    const visibleAt = Math.max(now + this.#lag(), this.#lastVisibleAt.get(key) ?? 0);
    this.#lastVisibleAt.set(key, visibleAt);
    this.#pending.push({ visibleAt, sequence: this.#sequence++, key, row });
    return (old === undefined ? 0 : 1) + (row === undefined ? 0 : 1);
  }

  /** Whether any shard has a visible row that is due by a time. */
  hasAny(now: number, until: string): boolean {
    this.#apply(now);
    for (let index = 0; index < this.#rows.length; ) {
      const [shard = '', dueAt = ''] = this.#rows[index]?.split('\0', 2) ?? [];
      if (dueAt <= until) return true;
      // The first row of the next shard.
      index = firstFrom(this.#rows, `${shard}\x01`);
    }
    return false;
  }

  /** The visible rows that are due by a time. @param after begins behind this row. */
  *rows(now: number, dueShard: string, until: string, after?: DueRow): Generator<DueRow> {
    this.#apply(now);
    const from = after === undefined ? '' : `${after.dueAt}\0${after.bookId}\0${after.item}\0`;
    for (let index = firstFrom(this.#rows, `${dueShard}\0${from}`); index < this.#rows.length; index++) {
      const [shard, dueAt = '', bookId = '', item = ''] = this.#rows[index]?.split('\0') ?? [];
      if (shard !== dueShard || dueAt > until) return;
      yield { bookId, item, dueAt };
    }
  }

  #apply(now: number): void {
    for (let next = this.#pending.peek(); next !== undefined; next = this.#pending.peek()) {
      if (next.visibleAt > now) return;
      this.#pending.pop();
      this.#replace(next);
      if (this.#lastVisibleAt.get(next.key) === next.visibleAt) this.#lastVisibleAt.delete(next.key);
    }
  }

  #replace({ key, row }: PendingChange): void {
    const old = this.#visible.get(key);
    if (old !== undefined) this.#rows.splice(firstFrom(this.#rows, old), 1);
    this.#visible.delete(key);
    if (row === undefined) return;
    this.#rows.splice(firstFrom(this.#rows, row), 0, row);
    this.#visible.set(key, row);
  }
}

/** The index is sparse: an item without both attributes has no row. */
function rowOf(key: string, { dueShard, dueAt }: Attributes): string | undefined {
  const hasRow = typeof dueShard === 'string' && typeof dueAt === 'string';
  return hasRow ? `${dueShard}\0${dueAt}\0${key}` : undefined;
}

function isBefore(left: PendingChange, right: PendingChange): boolean {
  if (left.visibleAt !== right.visibleAt) return left.visibleAt < right.visibleAt;
  return left.sequence < right.sequence;
}

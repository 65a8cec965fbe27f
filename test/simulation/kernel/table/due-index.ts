import type { DueRow, Key } from '../../../../shared/store/table.ts';
import { Heap } from '../schedule/heap.ts';
import type { Attributes } from './values.ts';

interface PendingChange {
  readonly visibleAt: number;
  readonly sequence: number;
  readonly key: string;
  /** `undefined`: the item no longer has a row. */
  readonly row: DueRow | undefined;
  readonly shard: string;
}

/**
 * The index `due` as a query sees it: each change of a row becomes visible some time after the write, and the changes
 * of one item in their order (AWS: reading data from a global secondary index).
 */
export class DueIndex {
  readonly #shards = new Map<string, DueRow[]>();
  readonly #visible = new Map<string, { readonly shard: string; readonly row: DueRow }>();
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
    const [old, next] = [rowOf(bookId, item, before), rowOf(bookId, item, after)];
    if (old?.shard === next?.shard && old?.row.dueAt === next?.row.dueAt) return 0;
    const key = `${bookId}\0${item}`;
    const visibleAt = Math.max(now + this.#lag(), this.#lastVisibleAt.get(key) ?? 0);
    this.#lastVisibleAt.set(key, visibleAt);
    this.#pending.push({
      visibleAt,
      sequence: this.#sequence++,
      key,
      row: next?.row,
      shard: next?.shard ?? '',
    });
    return (old === undefined ? 0 : 1) + (next === undefined ? 0 : 1);
  }

  /** Whether any shard has a visible row that is due by a time. */
  hasAny(now: number, until: string): boolean {
    this.#apply(now);
    for (const [first] of this.#shards.values()) if (first !== undefined && first.dueAt <= until) return true;
    return false;
  }

  /** The visible rows that are due by a time. @param after begins behind this row. */
  *rows(now: number, shard: string, until: string, after?: DueRow): Generator<DueRow> {
    this.#apply(now);
    const rows = this.#shards.get(shard) ?? [];
    let index = after === undefined ? 0 : firstFrom(rows, after);
    const found = rows[index];
    if (after !== undefined && found !== undefined && compareRows(found, after) === 0) index += 1;
    for (; index < rows.length; index++) {
      const row = rows[index];
      if (row === undefined || row.dueAt > until) return;
      yield row;
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

  #replace({ key, row, shard }: PendingChange): void {
    const old = this.#visible.get(key);
    if (old !== undefined) {
      const rows = this.#rowsOf(old.shard);
      rows.splice(firstFrom(rows, old.row), 1);
      this.#visible.delete(key);
    }
    if (row === undefined) return;
    const rows = this.#rowsOf(shard);
    rows.splice(firstFrom(rows, row), 0, row);
    this.#visible.set(key, { shard, row });
  }

  #rowsOf(shard: string): DueRow[] {
    let rows = this.#shards.get(shard);
    if (rows === undefined) {
      rows = [];
      this.#shards.set(shard, rows);
    }
    return rows;
  }
}

/** The index is sparse: an item without both attributes has no row. */
function rowOf(bookId: string, item: string, { dueShard, dueAt }: Attributes) {
  if (typeof dueShard !== 'string' || typeof dueAt !== 'string') return undefined;
  return { shard: dueShard, row: { bookId, item, dueAt } };
}

function isBefore(left: PendingChange, right: PendingChange): boolean {
  if (left.visibleAt !== right.visibleAt) return left.visibleAt < right.visibleAt;
  return left.sequence < right.sequence;
}

function compareRows(left: DueRow, right: DueRow): number {
  return (
    compareTexts(left.dueAt, right.dueAt) ||
    compareTexts(left.bookId, right.bookId) ||
    compareTexts(left.item, right.item)
  );
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function firstFrom(rows: readonly DueRow[], row: DueRow): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = rows[middle];
    if (found !== undefined && compareRows(found, row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

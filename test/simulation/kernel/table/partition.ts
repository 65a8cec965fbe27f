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
export function firstFrom(sorted: readonly string[], text: string): number {
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

/** A binary heap. */
export class Heap<Value> {
  readonly #values: Value[] = [];
  readonly #isBefore: (left: Value, right: Value) => boolean;

  constructor(isBefore: (left: Value, right: Value) => boolean) {
    this.#isBefore = isBefore;
  }

  /** The first of all, which stays in the heap. */
  peek(): Value | undefined {
    return this.#values[0];
  }

  push(value: Value): void {
    const values = this.#values;
    let index = values.length;
    while (index > 0) {
      const parentIndex = (index - 1) >>> 1;
      const parent = values[parentIndex];
      if (parent === undefined || !this.#isBefore(value, parent)) break;
      values[index] = parent;
      index = parentIndex;
    }
    values[index] = value;
  }

  pop(): Value | undefined {
    const values = this.#values;
    const first = values[0];
    const last = values.pop();
    if (last !== undefined && values.length > 0) this.#sinkFromTop(last);
    return first;
  }

  #sinkFromTop(value: Value): void {
    const values = this.#values;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      let child = values[left];
      if (child === undefined) break;
      let childIndex = left;
      const right = values[left + 1];
      if (right !== undefined && this.#isBefore(right, child)) {
        child = right;
        childIndex = left + 1;
      }
      if (!this.#isBefore(child, value)) break;
      values[index] = child;
      index = childIndex;
    }
    values[index] = value;
  }
}

/** What the work of one actor has cost, by partition. */
export interface Cost {
  writeUnits: number;
  /** Writes whose condition failed; their units are in `writeUnits`. */
  refusedWrites: number;
}

/** Counts what one invocation does. */
export class Meter {
  readonly byPartition = new Map<string, Cost>();
  /** Calls of Book status. */
  statusCalls = 0;
  /** Calls of table, queue or bucket that did not simply succeed. */
  disturbances = 0;

  wrote(bookId: string, writeUnits: number, refusedWrites: number): void {
    const cost = this.byPartition.get(bookId);
    if (cost === undefined) this.byPartition.set(bookId, { writeUnits, refusedWrites });
    else {
      cost.writeUnits += writeUnits;
      cost.refusedWrites += refusedWrites;
    }
  }
}

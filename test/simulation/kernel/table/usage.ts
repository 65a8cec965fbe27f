/** AWS: read and write request units (DynamoDB, on-demand capacity). */
const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/** What the operations of a table have cost, approximately: characters count as one byte. */
export class Usage {
  reads = 0;
  writes = 0;
  /** Writes whose condition failed; they cost as much. */
  refusedWrites = 0;
  queries = 0;
  readUnits = 0;
  writeUnits = 0;
  /** Of `writeUnits`, those of the index. */
  indexWriteUnits = 0;

  read(bytes: number): void {
    this.reads += 1;
    this.readUnits += unitsOf(bytes, READ_UNIT_BYTES);
  }

  /** @param bytes of all items read; an eventually consistent read costs half. */
  query(bytes: number, isConsistent: boolean): void {
    this.queries += 1;
    this.readUnits += unitsOf(bytes, READ_UNIT_BYTES) / (isConsistent ? 1 : 2);
  }

  /** @param bytes the larger of the item before and after. */
  write(bytes: number, indexUnits: number): void {
    this.writes += 1;
    this.writeUnits += unitsOf(bytes, WRITE_UNIT_BYTES) + indexUnits;
    this.indexWriteUnits += indexUnits;
  }

  refusedWrite(bytes: number): void {
    this.refusedWrites += 1;
    this.writeUnits += unitsOf(bytes, WRITE_UNIT_BYTES);
  }
}

function unitsOf(bytes: number, unit: number): number {
  return Math.max(1, Math.ceil(bytes / unit));
}

import { Failure } from '../failure.ts';
import { IS_ABSENT } from './condition.ts';
import { isEqual } from './is-equal.ts';
import type { Item, Key, Table } from './table.ts';

/** An item whose writes are conditional on its previous revision. */
export interface Revised {
  readonly revision?: number | undefined;
}

/** Attempts when another writer changes the item between the read and the write. */
const CONFLICTS = 12;

/** Conversion of an item from the table and to it. */
export interface RecordType<T extends Revised> {
  parse(item: Item): T;
  serialize(record: T): Item;
}

/** One item, and its conversion. */
export interface RecordAt<T extends Revised> {
  readonly key: Key;
  readonly type: RecordType<T>;
}

/**
 * Changes an item by a consistent read, a pure merge and a write on condition that its revision is unchanged; repeats
 * on conflict. `merge` may run several times, and must give the same result when its change was already applied.
 *
 * @param merge returns the new item; an unchanged one is not written.
 * @param known the item as it was read a moment ago, to save the first read; `null`: there is none.
 * @returns the item as it is stored now.
 * @throws Failure `retry`, code `conflict`, when others write the item too often, or `unreadable-item`.
 */
export async function updateRecord<T extends Revised>(
  table: Table,
  record: RecordAt<T>,
  merge: (current: T | undefined) => T | undefined,
  known?: T | null,
): Promise<T | undefined> {
  let current = known === undefined ? await readRecord(table, record) : (known ?? undefined);
  for (let conflict = 0; conflict < CONFLICTS; conflict += 1) {
    const next = merge(current);
    if (next === undefined || isEqual(current, next)) return current;
    const written = await replaceRecord(table, record, current, next);
    if (written.replaced) return written.record;
    current = written.existing;
  }
  throw new Failure('retry', 'conflict');
}

/** Writes an item on condition that it is unchanged since it was read. */
export async function replaceRecord<T extends Revised>(
  table: Table,
  { key, type }: RecordAt<T>,
  current: T | undefined,
  next: T,
): Promise<
  | { readonly replaced: true; readonly record: T }
  | { readonly replaced: false; readonly existing: T | undefined }
> {
  const record = { ...next, revision: (current?.revision ?? next.revision ?? 0) + 1 };
  const written = await table.put(
    { ...type.serialize(record), ...key },
    current?.revision === undefined ? IS_ABSENT : { revision: { equals: current.revision } },
  );
  if (written.written) return { replaced: true, record };
  const { existing } = written;
  return { replaced: false, existing: existing === undefined ? undefined : parsed(type, existing) };
}

export async function readRecord<T extends Revised>(
  table: Table,
  { key, type }: RecordAt<T>,
): Promise<T | undefined> {
  const item = await table.get(key);
  return item === undefined ? undefined : parsed(type, item);
}

/** Code of an item that this version cannot read: a later one wrote it, or it is damaged. */
const UNREADABLE = 'unreadable-item';

/** @throws Failure `retry`, code `unreadable-item` */
export function parsed<T extends Revised>(type: RecordType<T>, item: Item): T {
  try {
    return type.parse(item);
  } catch (cause) {
    throw unreadableItem(cause);
  }
}

export function unreadableItem(cause?: unknown): Failure {
  return new Failure('retry', UNREADABLE, { cause });
}

export function isUnreadable(error: unknown): boolean {
  return error instanceof Failure && error.code === UNREADABLE;
}

import { Failure } from '../failure.ts';
import { type Condition, IS_ABSENT } from './condition.ts';
import { isEqual } from './is-equal.ts';
import type { Item, Key, Table } from './table.ts';

/** An item whose writes are conditional on its previous revision. */
export interface Revised {
  readonly revision?: number | undefined;
}

/** Maximum number of writes while others change the item in between. */
const MAX_ATTEMPTS = 12;

/** Converts an item to a record, and back. */
export interface RecordType<T extends Revised> {
  parse(item: Item): T;
  serialize(record: T): Item;
}

/** The key of an item, and its conversion. */
export interface RecordAt<T extends Revised> {
  readonly key: Key;
  readonly type: RecordType<T>;
}

/**
 * Changes an item by a consistent read, a pure merge and a write on condition that its revision is unchanged; repeats
 * on conflict. `merge` may run several times, and must give the same result when its change was already applied.
 *
 * @param merge returns the new item. If that is `undefined`, or equal to the current one, nothing is written.
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
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
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
  // The revision of a new item: a book that was forgotten goes on counting (`newBook`).
  const record = { ...next, revision: (current?.revision ?? next.revision ?? 0) + 1 };
  const written = await table.put({ ...type.serialize(record), ...key }, isUnchanged(current));
  if (written.written) return { replaced: true, record };
  const { existing } = written;
  return { replaced: false, existing: existing === undefined ? undefined : parsed(type, existing) };
}

function isUnchanged(current: Revised | undefined): Condition {
  if (current === undefined) return IS_ABSENT;
  const { revision } = current;
  return { revision: revision === undefined ? { exists: false } : { equals: revision } };
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

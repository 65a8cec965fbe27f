import type { Entry } from '../../checklist/entry.ts';
import type { ResultKind } from '../../events/catalog.ts';
import type { EventIds } from '../../events/ids.ts';
import { OWN_PARTITIONS } from '../../events/partitions.ts';
import { OpenItem } from '../items.ts';
import { dueShard, openItem } from '../keys.ts';
import { type RecordAt, type RecordType, readRecord, updateRecord } from '../records.ts';
import type { Table } from '../table.ts';

/**
 * A result that an event announced without naming its book, and that could not be fetched yet: it has its own
 * schedule until an answer names the book (docs/data-model.md#internal-items).
 */
const OPEN: RecordType<OpenItem> = {
  parse: (item) => OpenItem.parse(item),
  serialize: (open) => ({ ...open }),
};

function openRecord(item: string): RecordAt<OpenItem> {
  return { key: { bookId: OWN_PARTITIONS.account, item }, type: OPEN };
}

export function readOpenItem(table: Table, item: string): Promise<OpenItem | undefined> {
  return readRecord(table, openRecord(item));
}

/** Changes the entry, and makes it due when the entry is. */
export async function updateOpenItem(
  table: Table,
  of: {
    readonly account: string;
    readonly kind: ResultKind;
    readonly subject: string;
    readonly ids: EventIds;
  },
  merge: (entry: Entry | undefined) => Entry,
): Promise<Entry | undefined> {
  const item = openItem(of.kind, of.subject);
  const updated = await updateRecord(table, openRecord(item), (current): OpenItem => {
    const entry = merge(current?.entry);
    if (current !== undefined && entry === current.entry) return current;
    const { nextAt } = entry;
    return {
      bookId: OWN_PARTITIONS.account,
      item,
      ...of,
      entry,
      revision: current?.revision ?? 0,
      ...(nextAt !== undefined && { dueAt: nextAt, dueShard: dueShard(of.subject) }),
    };
  });
  return updated?.entry;
}

/** Schedules its next poll, after it was sent. */
export async function postponeOpenItem(table: Table, open: OpenItem, dueAt: string): Promise<void> {
  await updateRecord(table, openRecord(open.item), (current) =>
    current === undefined || current.dueAt === undefined || current.dueAt !== open.dueAt
      ? current
      : { ...current, dueAt },
  );
}

/** The book is known: its own checklist has the result now. */
export async function deleteOpenItem(table: Table, kind: ResultKind, subject: string): Promise<void> {
  await table.delete({ bookId: OWN_PARTITIONS.account, item: openItem(kind, subject) });
}

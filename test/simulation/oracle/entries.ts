import { wantOf } from '../../../shared/checklist/entry.ts';
import { readEntries } from '../../../shared/store/entries.ts';
import { BookItem, DocumentItem } from '../../../shared/store/items.ts';
import { createReader } from '../../../shared/store/reader.ts';
import { readOnlyTable } from '../kernel/table/memory-table.ts';
import type { MemoryTableCore } from '../kernel/table/memory-table-core.ts';
import type { Attributes } from '../kernel/table/values.ts';

/*
 * How the product writes down what a book should have: the only file of the simulation that knows. Everything else asks
 * these questions, so that another format of entries changes this file and nothing else.
 */

/** What the product has written down about one result. */
interface KnownEntry {
  readonly kind: string;
  /** The uuid of the book or document, or the id of a request or business. */
  readonly subject: string;
  /** `open`: it is to be asked for. `idle`: neither open nor answered, for example a probe. */
  readonly state: 'open' | 'stored' | 'unavailable' | 'expired' | 'idle';
  /** The code of the last answer that brought no result. */
  readonly code: string | undefined;
  /** Unix milliseconds: since when it is open, or when it was closed. */
  readonly since: number;
}

/** Whether this version of the product can read an item of a book or document. */
export function isReadable(item: Attributes): boolean {
  const type = item.item === 'BOOK' ? BookItem : DocumentItem;
  if (!type.safeParse(item).success) return false;
  try {
    entries(item);
    return true;
  } catch {
    return false;
  }
}

function entries(item: Attributes) {
  return readEntries(item, item.item === 'BOOK' ? item.generation : item.version).entries;
}

/** The entries of `BOOK` or `DOC#…`. A finished document without an entry of a kind has not been asked about. */
export function entriesOf(item: Attributes): KnownEntry[] {
  const owner = String(item.item === 'BOOK' ? item.bookId : item.docUuid);
  return Object.entries(entries(item)).map(([name, entry]) => {
    const { wanted, answered, tried = 0, nextAt, at, code, since } = entry;
    const isOpen = answered < wanted;
    const isExpired = isOpen && tried >= wanted && nextAt === undefined;
    const closed = entry.state === 'stored' || entry.state === 'unavailable' ? entry.state : 'idle';
    return {
      ...wantOf(name, owner),
      state: isExpired ? 'expired' : isOpen ? 'open' : closed,
      code,
      since: isOpen ? (wanted > 1 ? wanted : Date.parse(since ?? '')) : Date.parse(at ?? ''),
    } as const;
  });
}

export function entryOf(item: Attributes, kind: string, subject: string): KnownEntry | undefined {
  return entriesOf(item).find((entry) => entry.kind === kind && entry.subject === subject);
}

/** Numbers of an item that never decrease, by name. */
export function countersOf(item: Attributes): Map<string, number> {
  const counters = new Map<string, number>();
  for (const [name, { wanted, answered }] of Object.entries(entries(item))) {
    counters.set(`${name} wanted`, wanted);
    counters.set(`${name} answered`, answered);
  }
  return counters;
}

/** Since when a kind of result, which is refused for every book of the account, is asked for once an hour only. */
export function suppressedSince(table: MemoryTableCore, account: string, kind: string): number | undefined {
  const circuit = table.peek({ bookId: 'circuit', item: `${account}#${kind}` });
  return circuit?.openedAt === undefined ? undefined : Date.parse(String(circuit.openedAt));
}

/** A result that readers are told is missing. */
type Missing = Awaited<ReturnType<ReturnType<typeof createReader>['missing']>>[number];

/** What the reader that services copy says is missing (docs/data-model.md#what-is-guaranteed). */
export function missingOf(table: MemoryTableCore, bookUuid: string): Promise<Missing[]> {
  const noBodies = () => Promise.reject(new Error('what is missing has no body'));
  return createReader(readOnlyTable(table), { get: noBodies, open: noBodies }).missing(bookUuid);
}

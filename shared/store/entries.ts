import { type Entries, Entry } from '../checklist/entry.ts';
import { RESULT_KINDS } from '../events/result-kinds.ts';
import { ATTRIBUTES_OF_01, isEntryOf01, toEntry } from './entries-0.1.ts';
import { ENTRY_PREFIX } from './keys.ts';
import type { Item } from './table.ts';

const KNOWN: ReadonlySet<string> = new Set(RESULT_KINDS);

/**
 * Separates the entries of a checklist from the other attributes of a book or document. Entries of kinds that only a
 * later version knows stay among the others, and are written back unchanged.
 *
 * @param number for an item of version 0.1: the book's generation, or the document's version.
 * @throws ZodError
 */
export function readEntries<T extends object>(
  item: T,
  number: unknown,
): { readonly entries: Entries; readonly others: T } {
  const entries: Record<string, Entry> = {};
  const others: Item = {};
  for (const [attribute, value] of Object.entries(item)) {
    const name = attribute.startsWith(ENTRY_PREFIX) ? attribute.slice(ENTRY_PREFIX.length) : undefined;
    if (name === undefined || !KNOWN.has(name.split('#')[0] ?? '')) {
      if (!ATTRIBUTES_OF_01.has(attribute)) others[attribute] = value;
      continue;
    }
    const entry = isEntryOf01(value) ? toEntry(name, value, Number(number)) : Entry.parse(value);
    if (entry !== undefined) entries[name] = entry;
  }
  return { entries, others: others as T };
}

/** The attributes that hold entries. */
export function writeEntries(entries: Entries): Item {
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [`${ENTRY_PREFIX}${name}`, entry]),
  );
}

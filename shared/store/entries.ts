import { type Entries, Entry } from '../checklist/entry.ts';
import { ENTRY_PREFIX } from './keys.ts';
import type { Item } from './table.ts';

/** Reads the entries of a checklist from the attributes of a book or document. */
export function parseEntries(item: Item): Entries {
  const entries: Record<string, Entry> = {};
  for (const [attribute, value] of Object.entries(item)) {
    if (!attribute.startsWith(ENTRY_PREFIX)) continue;
    entries[attribute.slice(ENTRY_PREFIX.length)] = Entry.parse(value);
  }
  return entries;
}

/** The opposite of {@link parseEntries}. */
export function serializeEntries(entries: Entries): Item {
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [`${ENTRY_PREFIX}${name}`, entry]),
  );
}

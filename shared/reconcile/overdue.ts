import { isOpen } from '../checklist/entry.ts';
import { DOCUMENT_KINDS } from '../checklist/kinds.ts';
import { PARTIAL } from '../checklist/transitions.ts';
import type { Book } from '../store/books.ts';

/** The kinds of which a result has been missing since before a time. */
export function overdue({ entries, generation, open, changedAt }: Book, before: string): string[] {
  const ofBook = Object.entries(entries)
    .filter(([, entry]) => entry.version === generation && isOpen(entry) && entry.since < before)
    // Detect has two days for a document before it counts as not analyzed.
    .filter(([, { code }]) => code !== 'detect-pending' && code !== PARTIAL)
    .map(([name]) => name);
  const isOld = changedAt !== undefined && changedAt < before;
  return [...ofBook, ...DOCUMENT_KINDS.filter((kind) => isOld && open?.includes(kind) === true)];
}

import { isNamedBy } from '../events/document-ref.ts';
import type { ObservedDocument, Want } from '../events/envelope.ts';
import { type Entry, isNamedEntry, wantOf } from './entry.ts';
import { type DocumentKind, isDocumentKind, policyFor } from './kinds.ts';
import { isCapturable, isDone } from './observation.ts';
import { current, type PlanInput, type PlannedBook } from './plan-input.ts';

/** The results that events have named of documents that were unknown then (see `rememberedEntry`), by name of the entry. */
export function rememberedOf({ bookId, entries, generation }: PlannedBook): [string, Want][] {
  return Object.entries(entries)
    .filter(([name, entry]) => isNamedEntry(name) && current(entry, generation) !== undefined)
    .map(([name]): [string, Want] => [name, wantOf(name, bookId)])
    .filter(([, { kind }]) => isDocumentKind(kind));
}

/** Whether an event has named the document before it was known. */
export function isRemembered(
  remembered: ReturnType<typeof rememberedOf>,
  kind: DocumentKind,
  document: ObservedDocument,
): boolean {
  return remembered.some(([, want]) => want.kind === kind && isNamedBy(document, want.subject));
}

/** The entries without those whose documents have entries of their own by now, or no results. */
export function withoutAnswered(
  entries: Readonly<Record<string, Entry>>,
  { book, documents, policy }: PlanInput,
): Record<string, Entry> {
  const answered = rememberedOf(book).filter(([, { kind, subject }]) => {
    if (policyFor(policy, book.bookClass, kind) !== 'announced') return true;
    const named = documents?.observation.documents.filter((document) => isNamedBy(document, subject)) ?? [];
    const isAnswered = (document: ObservedDocument) => {
      const known = documents?.stored.get(document.docUuid);
      if (!isCapturable(document)) return isDone(document, book.bookClass);
      return known !== undefined && current(known.entries[kind], known.version) !== undefined;
    };
    return named.length > 0 && named.every(isAnswered);
  });
  if (answered.length === 0) return { ...entries };
  const names = new Set(answered.map(([name]) => name));
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !names.has(name)));
}

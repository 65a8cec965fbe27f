import { isOpen, type Line } from '../../checklist/lines.ts';
import type { Want } from '../../events/result-kinds.ts';
import { documentItem, resultItem } from '../../store/keys.ts';
import type { Effects } from '../../store/ledger.ts';

/** Maximum number of keys in each list, so that an entry of the ledger stays small. */
const MAX_KEYS = 20;

interface StoredChanges {
  /** Results that were stored, by sort key. */
  readonly results: ReadonlyMap<string, Want>;
  /** Uuids of documents whose stored state changed. */
  readonly documents: readonly string[];
  /** Lines of the checklist afterwards. */
  readonly lines: readonly Line[];
}

/** Effects of a reconcile on documents, and on results that a delivery announces or a look asked for (`isOwn`). */
export function effectsOf(
  { results, documents, lines }: StoredChanges,
  isOwn: (want: Want) => boolean,
): Effects {
  // Pages, images and the summary of income have subjects `<book>@…`: they belong to the result of the book.
  const isPartOfOwn = ({ kind, subject }: Want) => isOwn({ kind, subject: subject.split('@')[0] ?? subject });
  const ownResults = [...results].filter(([, want]) => isPartOfOwn(want)).map(([item]) => item);
  const written = [...ownResults, ...documents.map(documentItem)];
  const alreadyStored = lines
    .filter((line) => isOwn(line.want) && line.entry.state === 'stored' && !isOpen(line))
    .map(({ want }) => resultItem(want.kind, want.subject))
    .filter((item) => !results.has(item));
  const unlisted = [written, alreadyStored].reduce(
    (sum, keys) => sum + Math.max(0, keys.length - MAX_KEYS),
    0,
  );
  return {
    written: written.slice(0, MAX_KEYS),
    ...(alreadyStored.length > 0 && { alreadyStored: alreadyStored.slice(0, MAX_KEYS) }),
    ...(unlisted > 0 && { unlisted }),
  };
}

/** Effects of a delivery about which nothing was asked. */
export const NO_EFFECTS: Effects = { written: [] };

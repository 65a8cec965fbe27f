import type { Change } from '../../kernel/table/memory-table-core.ts';
import type { Attributes } from '../../kernel/table/values.ts';
import { isOfLaterVersion } from '../../system/later-version.ts';
import { countersOf, isReadable } from '../entries.ts';
import type { Violations } from '../violations.ts';

/** Nothing is ever replaced by something older. */
export function checkNeverOlder({ key, before, after }: Change, violations: Violations): void {
  if (before === undefined || after === undefined) return;
  const { bookId, item } = key;
  const report = (invariant: Parameters<Violations['add']>[0], attribute: string) => {
    violations.add(
      invariant,
      bookId,
      `${item}: ${attribute} from ${before[attribute]} to ${after[attribute]}`,
    );
  };
  if (item.startsWith('RESULT#')) {
    if (isLess(after, before, 'fetchedAt')) report('result-older', 'fetchedAt');
    if (isLess(after, before, 'generation')) report('result-older', 'generation');
    return;
  }
  if (item !== 'BOOK' && !item.startsWith('DOC#')) return;
  // A tombstone has nothing of the book.
  if (after.status === 'FORGOTTEN') return;
  if (isLess(after, before, 'observedAt')) report('observation-older', 'observedAt');
  if (isLess(after, before, 'generation')) report('generation-older', 'generation');
  if (!isReadable(before) || !isReadable(after)) return;
  const counters = countersOf(after);
  for (const [name, old] of countersOf(before)) {
    const next = counters.get(name);
    if (next !== undefined && next < old)
      violations.add('generation-older', bookId, `${item} ${name}: from ${old} to ${next}`);
  }
}

function isLess(after: Attributes, before: Attributes, attribute: string): boolean {
  const [next, old] = [after[attribute], before[attribute]];
  if (old === undefined) return false;
  if (typeof next === 'string' && typeof old === 'string') return next < old;
  if (typeof next === 'number' && typeof old === 'number') return next < old;
  return true;
}

/** After a rollback, the older version keeps the attributes of books and documents that only the later version knows. */
export function checkUnknownKept(
  { key: { bookId, item }, before, after }: Change,
  violations: Violations,
): void {
  if (before === undefined || after === undefined || after.status === 'FORGOTTEN') return;
  if (item !== 'BOOK' && !item.startsWith('DOC#')) return;
  const lost = Object.keys(before).filter((name) => isOfLaterVersion(name) && after[name] === undefined);
  if (lost.length > 0) violations.add('unknown-lost', bookId, `${item} has lost ${lost.join(' ')}`);
}

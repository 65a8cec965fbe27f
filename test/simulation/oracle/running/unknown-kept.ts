import type { Change } from '../../kernel/table/memory-table-core.ts';
import { isOfLaterVersion } from '../../system/later-version.ts';
import type { Violations } from '../violations.ts';

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

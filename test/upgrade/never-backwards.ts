import type { Change } from '../simulation/kernel/table/memory-table-core.ts';
import type { Attributes } from '../simulation/kernel/table/values.ts';
import { checkNeverOlder } from '../simulation/oracle/running/ledger.ts';
import { Violations } from '../simulation/oracle/violations.ts';

/** Statuses that are final. */
const FINAL = new Set<unknown>(['DELETED', 'FORGOTTEN']);

/**
 * What a write does to attributes that readers rely on (docs/data-model.md#what-is-guaranteed) and must not.
 *
 * @returns in words; empty for a write that readers need not notice.
 */
export function goesBackwards(change: Change): string[] {
  const { key, before, after } = change;
  if (before === undefined) return [];
  const [kind] = key.item.split('#');
  const older = new Violations(() => 0);
  checkNeverOlder(change, older);
  const problems = after === undefined ? removalOf(kind, key.item, before) : changeOf(kind, before, after);
  return [
    ...older.kept.map(({ bookUuid, text }) => `${bookUuid} ${text}`),
    ...problems.map((problem) => `${key.bookId} ${key.item}: ${problem}`),
  ];
}

function removalOf(kind: string | undefined, item: string, before: Attributes): string[] {
  // Pages of a set that is no longer the current one; what was stored while only a pk was known moves to the uuid.
  const isPage = kind === 'RESULT' && item.includes('@');
  const isOfPk = String(before.bookId).startsWith('pk-');
  const isRetrying = kind === 'EVENT' && before.outcome === 'retrying';
  const isRead = kind === 'BOOK' || kind === 'DOC' || kind === 'RESULT' || kind === 'EVENT';
  return isRead && !isPage && !isOfPk && !isRetrying ? ['removed'] : [];
}

function changeOf(kind: string | undefined, before: Attributes, after: Attributes): string[] {
  // A body changes with the number of its generation only.
  if (kind === 'RESULT' && before.sha256 !== after.sha256 && before.generation === after.generation)
    return ['another body under the same generation'];
  if (kind === 'BOOK' && FINAL.has(before.status) && before.status !== after.status)
    return [`status ${after.status}`];
  const isSinceBefore = String(after.createdAt ?? '') >= String(before.createdAt ?? '');
  if (kind === 'BOOK' && !isSinceBefore) return ['createdAt is earlier'];
  const isDecided = kind === 'EVENT' && before.outcome !== 'retrying';
  return isDecided && before.outcome !== after.outcome
    ? [`outcome from ${before.outcome} to ${after.outcome}`]
    : [];
}

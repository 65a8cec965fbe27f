import type { Change } from '../simulation/kernel/table/memory-table-core.ts';
import type { Attributes } from '../simulation/kernel/table/values.ts';

/** Statuses that are final. */
const FINAL = new Set<unknown>(['DELETED', 'FORGOTTEN']);

/**
 * What a write does to attributes that readers rely on (docs/data-model.md#what-is-guaranteed) and must not.
 *
 * @returns in words; empty for a write that readers need not notice.
 */
export function goesBackwards({ key: { bookId, item }, before, after }: Change): string[] {
  if (before === undefined) return [];
  const [kind] = item.split('#');
  const problems = after === undefined ? removalOf(kind, item, before) : changeOf(kind, before, after);
  return problems.map((problem) => `${bookId} ${item}: ${problem}`);
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
  switch (kind) {
    case 'RESULT':
      return [
        ...older(before, after, 'fetchedAt'),
        ...older(before, after, 'generation'),
        ...otherBody(before, after),
      ];
    case 'DOC':
      return [...older(before, after, 'observedAt'), ...older(before, after, 'generation')];
    case 'BOOK':
      return [
        ...older(before, after, 'observedAt'),
        ...older(before, after, 'generation'),
        ...older(before, after, 'createdAt'),
        ...(FINAL.has(before.status) && before.status !== after.status ? [`status ${after.status}`] : []),
      ];
    case 'EVENT':
      return before.outcome !== 'retrying' && before.outcome !== after.outcome
        ? [`outcome from ${before.outcome} to ${after.outcome}`]
        : [];
    default:
      return [];
  }
}

/** A body changes with the number of its generation only. */
function otherBody(before: Attributes, after: Attributes): string[] {
  const isSame = before.sha256 === after.sha256 || before.generation !== after.generation;
  return isSame ? [] : ['another body under the same generation'];
}

function older(before: Attributes, after: Attributes, attribute: string): string[] {
  const [old, next] = [before[attribute], after[attribute]];
  if (old === undefined || old === null) return [];
  const isKept = typeof next === typeof old && next !== undefined && next !== null && next >= old;
  return isKept ? [] : [`${attribute} from ${old} to ${next}`];
}

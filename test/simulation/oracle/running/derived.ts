import type { Change } from '../../kernel/table/memory-table-core.ts';
import { wantedOf } from '../excuses/policies.ts';
import { storedResult } from '../final/stored.ts';
import { DERIVED_KINDS } from '../vendor/results.ts';
import type { Watch } from '../watch.ts';
import type { NamedResults, Naming } from './named.ts';

/**
 * A document of a finished book was corrected, as its new body shows: what is computed from it must be fetched again, as
 * far as the stage wants it or it is stored (docs/design.md#who-marks).
 */
export function checkDerived({ key, before, after }: Change, watch: Watch, named: NamedResults): Naming[] {
  const { bookId, item } = key;
  const isOfDocument = item.startsWith('RESULT#forms#') || item.startsWith('RESULT#transactions#');
  if (!isOfDocument || before === undefined || after === undefined || before.sha256 === after.sha256)
    return [];
  const { core, deployments } = watch;
  const book = core.table.peek({ bookId, item: 'BOOK' });
  if (book?.status !== 'VERIFIED' || core.forgotten.has(bookId)) return [];
  const { status, bookClass } = core.ocrolus.outline(bookId);
  if (status !== 'VERIFIED') return [];
  const kinds = DERIVED_KINDS.filter((kind) => {
    const wanted = wantedOf(kind, bookClass, deployments.current.stage);
    const isStored = storedResult(core, bookId, kind, bookId) !== undefined;
    return wanted === 'always' || (wanted === 'announced' && isStored);
  });
  return named.derive(bookId, kinds, `a correction of ${item.split('#')[2]}`);
}

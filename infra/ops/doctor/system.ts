import { OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import { BOOK_ITEM, DUE_SHARDS } from '../../../shared/store/keys.ts';
import { isBookRow } from '../../../shared/store/polling/due.ts';
import type { Table } from '../../../shared/store/table.ts';
import { HEALTH_CHECKS } from '../health/checks.ts';
import { END_OF_TIME } from '../ledger/books.ts';
import type { Target } from '../target/target.ts';
import { type Check, ok, type SystemContext, warn } from './check.ts';

/** Maximum number of names shown, which is enough to find the others. */
const SHOWN = 5;

/**
 * Finds items of version 0.1 that no function reads any more: books known only by their pk, and results whose book
 * was unknown. To be removed with version 0.4.
 */
const LEFTOVERS: Check<{ readonly target: Target }> = {
  name: 'version 0.1',
  otherwise: 'see whether the table is there, and whether you may read it',
  async run({ target }) {
    const left = await findLeftovers(target.table());
    if (left.length === 0) return ok('nothing is left of it');
    const more = left.length > SHOWN ? ` and ${left.length - SHOWN} more` : '';
    return warn(
      `left of it: ${left.slice(0, SHOWN).join(', ')}${more}`,
      'finish the upgrade: send the deliveries of these again, then delete them; docs/operations.md#from-version-01',
    );
  },
};

/** Finds them by partition (`pk-…`) or sort key (`OPEN#…`). Reads the index of due books, which has keys only. */
async function findLeftovers(table: Table): Promise<string[]> {
  const left: string[] = [];
  for (const shard of DUE_SHARDS) {
    for await (const row of table.queryDue(shard, END_OF_TIME)) {
      if (isBookRow(row) || row.item !== BOOK_ITEM) continue;
      const book = await table.get({ bookId: row.bookId, item: BOOK_ITEM }, ['bookId', 'forgottenAt']);
      // The tombstone of a pk stays, because it keeps the book from being stored again.
      if (book !== undefined && book.forgottenAt === undefined) left.push(row.bookId);
    }
  }
  const open = { bookId: OWN_PARTITIONS.account, prefix: 'OPEN#', attributes: ['item'] };
  for await (const { item } of table.query(open)) left.push(String(item));
  return left;
}

export const SYSTEM_CHECKS: readonly Check<SystemContext>[] = [...HEALTH_CHECKS, LEFTOVERS];

import { OWN_PARTITIONS } from '../../shared/events/ids.ts';
import { DATA_ITEM, DATA_VERSION } from '../../shared/store/definition/data-version.ts';
import type { Table } from '../../shared/store/table.ts';
import { iso } from '../../shared/time.ts';

/**
 * Notes in the table that functions of this version use it, from now on.
 *
 * @param now Unix milliseconds.
 * @returns why they must not: later ones have changed what is stored.
 */
export async function claimData(table: Table, now: number): Promise<string | undefined> {
  const key = { bookId: OWN_PARTITIONS.poller, item: DATA_ITEM };
  const { version } = (await table.get(key)) ?? {};
  if (version === DATA_VERSION) return undefined;
  if (typeof version === 'number' && version > DATA_VERSION)
    return `The table has data of version ${version}, which this version cannot read (it has ${DATA_VERSION}). Deploy the later one again: docs/upgrading.md`;
  await table.put({ ...key, version: DATA_VERSION, since: iso(now) });
  return undefined;
}

import { OWN_PARTITIONS } from '../../events/partitions.ts';
import type { Table } from '../table.ts';

const PARTITION = OWN_PARTITIONS.poller;

/** Key of the item that says until when a run has the right to run. */
export const POLLER_LEASE = { bookId: PARTITION, item: 'LEASE' } as const;

/**
 * Takes the right to run, which expires if a run is killed: two runs never overlap (docs/design.md#the-poller).
 *
 * @param owner of this run alone.
 * @param until Unix milliseconds: later than the run can last.
 * @returns whether it was free.
 */
export async function takeLease(table: Table, owner: string, now: number, until: number): Promise<boolean> {
  const { written } = await table.update(POLLER_LEASE, {
    set: { owner, until },
    condition: {
      // Already taken by this run: the answer to the first attempt was lost, and the SDK has retried.
      expression: 'attribute_not_exists(#until) OR #until < :now OR #owner = :owner',
      names: { '#until': 'until', '#owner': 'owner' },
      values: { ':now': now, ':owner': owner },
    },
  });
  return written;
}

export async function releaseLease(table: Table, owner: string): Promise<void> {
  await table.update(POLLER_LEASE, {
    set: { until: 0 },
    condition: { expression: '#owner = :owner', names: { '#owner': 'owner' }, values: { ':owner': owner } },
  });
}

/** How far the list of an account's books has been read. */
export interface Cursor {
  /** Place in the list by ascending pk. */
  readonly offset: number;
  /** The pk at the place before it, in digits; `0` at the start. */
  readonly lastPk: string;
}

export async function readCursor(table: Table, account: string): Promise<Cursor> {
  const item = await table.get({ bookId: PARTITION, item: `CURSOR#${account}` });
  return {
    offset: typeof item?.offset === 'number' ? item.offset : 0,
    lastPk: typeof item?.lastPk === 'string' ? item.lastPk : '0',
  };
}

export async function writeCursor(table: Table, account: string, { offset, lastPk }: Cursor): Promise<void> {
  await table.update({ bookId: PARTITION, item: `CURSOR#${account}` }, { set: { offset, lastPk } });
}

import type { Table } from '../../../shared/store/table.ts';
import type { VirtualClock } from '../../ocrolus/testing/virtual-clock.ts';

type LimiterTable = Pick<Table, 'get' | 'update'>;

/**
 * The same table, seen by one process: each request is answered by the table at once, but takes as long as `latencyMs`
 * says, in the clock's time. An update whose condition fails takes two requests, as in `openTable`.
 *
 * @param latencyMs of the way to the server, and of the way back.
 * @param count is called for each request.
 */
export function openVirtualTable(
  table: Table,
  clock: VirtualClock,
  latencyMs: () => number,
  count: () => void = () => {},
): Table {
  const request = async <T>(ask: () => Promise<T>): Promise<T> => {
    count();
    await clock.wait(latencyMs());
    const answer = await clock.hold(ask());
    await clock.wait(latencyMs());
    return answer;
  };
  const virtual: LimiterTable = {
    get: (key) => request(() => table.get(key)),
    async update(key, update) {
      const result = await request(() => table.update(key, update));
      return result.written ? result : { written: false, existing: await virtual.get(key) };
    },
  };
  return { ...table, ...virtual };
}

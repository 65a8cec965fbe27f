import type { DynamoTable } from '../../../shared/store/table.ts';
import type { Requests } from '../../shared/store/testing/memory-table.ts';

/** Counts what goes to a table of DynamoDB from now on. */
export function countRequests(table: DynamoTable): Requests {
  const counts: Requests = { items: 0, reads: 0, writes: 0 };
  table.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        const output = result.output as { readonly ScannedCount?: number; readonly Item?: object };
        if (/^(Get|Query|Scan|BatchGet)/.test(commandName)) {
          counts.reads += 1;
          counts.items += output.ScannedCount ?? (output.Item === undefined ? 0 : 1);
        } else counts.writes += 1;
        return result;
      },
    { step: 'initialize' },
  );
  return counts;
}

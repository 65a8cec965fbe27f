import { openNetworkPorts, type Ports } from './ports.ts';
import { openQueue } from './queue.ts';
import { openBodies } from './store/bodies/result-bodies.ts';
import { openTable } from './store/table.ts';

/** The real ports of a Lambda. */
export function openPorts(names: { readonly tableName: string; readonly bucketName: string }): Ports {
  return {
    ...openNetworkPorts(),
    table: openTable(names.tableName),
    queue: openQueue(),
    bodies: openBodies(names.bucketName),
  };
}

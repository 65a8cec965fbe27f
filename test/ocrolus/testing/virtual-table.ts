import { buffer } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openTable, type Table } from '../../../shared/store/table.ts';
import type { VirtualClock } from '../virtual-clock.ts';

/**
 * The same table, seen by a process of its own: its requests go to the real server, but take as long as is said, in the
 * clock's time, and the server tells that time.
 *
 * @param latencyMs of the way there, and of the way back.
 * @param count is called for each request.
 */
export function openVirtualTable(
  table: Table,
  clock: VirtualClock,
  latencyMs: () => number,
  count: () => void = () => {},
): Table {
  const { region, credentials, endpoint, requestHandler } = table.client.config;
  type Handle = typeof requestHandler.handle;
  /** The whole answer, so that nothing of it is on its way any more when time goes on. */
  const ask: Handle = async (request, options) => {
    const { response } = await requestHandler.handle(request, options);
    response.body = new Uint8Array(await buffer(response.body));
    return { response };
  };
  const handle: Handle = async (request, options) => {
    count();
    await clock.wait(latencyMs());
    const { response } = await clock.hold(ask(request, options));
    response.headers.date = new Date(clock.now()).toUTCString();
    await clock.wait(latencyMs());
    return { response };
  };
  const client = new DynamoDBClient({
    region,
    credentials,
    ...(endpoint !== undefined && { endpoint }),
    requestHandler: { handle },
  });
  return openTable(table.name, client);
}

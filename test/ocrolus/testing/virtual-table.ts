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
  const handle: typeof requestHandler.handle = async (request, options) => {
    count();
    await clock.wait(latencyMs());
    const { response } = await clock.hold(readAll(requestHandler.handle(request, options)));
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

/** The whole answer, so that nothing of it is on its way any more. */
async function readAll<T extends { readonly response: { body?: AsyncIterable<Uint8Array> } }>(
  answer: Promise<T>,
): Promise<T> {
  const { response } = await answer;
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) chunks.push(chunk);
  return { response: Object.assign(response, { body: new Uint8Array(Buffer.concat(chunks)) }) } as never;
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { POLLER_LEASE } from '../../../shared/store/polling/poller-state.ts';
import { openTable } from '../../../shared/store/table.ts';
import { REGION } from '../template/identities.ts';

/**
 * Lets the poller run at once. If it was running when an earlier stack was killed, its lease would stop the next runs for
 * minutes.
 */
export async function freePollerLease(table: string, endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials });
  try {
    await openTable(table, client).delete(POLLER_LEASE);
  } finally {
    client.destroy();
  }
}

import { expect, it } from 'vitest';
import { dueShard, FORGOTTEN_SHARD } from '../../../shared/store/keys.ts';
import { createPollerHarness } from '../../poller/testing/harness.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';

it('a book that version 0.1 has forgotten is handed over once, and then swept like the others', async () => {
  const harness = createPollerHarness(await memoryTable());
  const { table, clock } = harness;
  const at = clock.iso();
  const key = { bookId: 'b', item: 'BOOK' };
  await table.put({
    ...{ ...key, bookUuid: 'b', account: 'default', source: 'webhook', status: 'FORGOTTEN', generation: 1 },
    ...{ createdAt: at, updatedAt: at, forgottenAt: at, revision: 9, dueShard: dueShard('b'), dueAt: at },
  });
  await table.put({ bookId: 'b', item: 'DOC#d' });
  expect(await harness.run()).toMatchObject({ polled: 1 });
  await harness.process();
  expect(await table.get(key)).toMatchObject({ dueShard: FORGOTTEN_SHARD });
  expect(await harness.run()).toMatchObject({ polled: 0 });
  expect(await table.get({ bookId: 'b', item: 'DOC#d' })).toBeUndefined();
  expect(harness.ocrolus.asked).toEqual([]);
});

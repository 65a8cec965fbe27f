import { beforeEach, expect, it } from 'vitest';
import { dlq } from '../../infra/ops/commands/dlq.ts';
import { writeLedger } from '../../shared/store/ledger.ts';
import type { Table } from '../../shared/store/table.ts';
import { delivery } from '../consumers/testing/stage.ts';
import { useTables } from '../store/testing/table.ts';
import { call } from './fake-target.ts';
import { type TestQueues, useQueues } from './testing/queues.ts';

const createQueues = useQueues();
const createTable = useTables();
let stack: TestQueues;
let table: Table;
beforeEach(async () => {
  stack = await createQueues('doc-verified');
  table = await createTable();
});

const look = async () => {
  const output = await dlq.run({ ...stack.target, table: () => table }, call(['doc-verified']));
  if ('bytes' in output) throw new Error('no document');
  return output;
};

it('tells of each message what it is and why it is there, and leaves it', async () => {
  const lost = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }, { deliveryId: 'lost' });
  const done = delivery('DOC_VERIFIED', { bookPk: '7' }, { deliveryId: 'done' });
  const entry = { bookId: 'pk-7', envelope: done, outcome: 'applied', attempts: 1, keepDays: 1 } as const;
  await writeLedger(table, { ...entry, processedAt: done.receivedAt });
  await stack.dead('doc-verified', lost, done, '{"version":99,"secret":"x"}');

  for (let time = 1; time <= 2; time += 1) {
    const { document, text } = await look();
    const common = { ageSeconds: expect.any(Number), messageId: expect.any(String), attempts: time - 1 };
    expect(document).toEqual(
      expect.arrayContaining([
        {
          ...common,
          event: 'DOC_VERIFIED',
          book: 'b',
          deliveryId: 'lost',
          source: 'webhook',
          receivedAt: lost.receivedAt,
          why: 'retries-used-up',
          outcome: null,
          firstReceived: expect.stringMatching(/^\d{4}-.*Z$/),
          bytes: expect.any(Number),
        },
        expect.objectContaining({
          deliveryId: 'done',
          book: 'pk-7',
          why: 'processed-already',
          outcome: 'applied',
        }),
        expect.objectContaining({ event: null, book: null, deliveryId: null, why: 'unreadable-message' }),
      ]),
    );
    expect(document).toHaveLength(3);
    expect(text).not.toContain('secret');
    expect(await stack.visible(stack.urls('doc-verified').dlqUrl)).toBe(3);
  }
});

it('an empty one is an empty list', async () => {
  expect((await look()).document).toEqual([]);
});

it('more than fit into one answer are all told of', async () => {
  const ids = Array.from({ length: 31 }, (_, n) => `id-${n}`).sort();
  await stack.dead('doc-verified', ...ids.map((deliveryId) => delivery('DOC_VERIFIED', {}, { deliveryId })));
  const { document } = await look();
  const told = Array.isArray(document) ? document.map(({ deliveryId }) => deliveryId).sort() : [];
  expect(told).toEqual(ids);
});

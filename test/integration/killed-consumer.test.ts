import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Running, startRunning } from './testing/running.ts';

const DOCUMENTS = 8;

describe('a consumer that is killed in the middle of a batch', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startRunning();
    const { sqs: endpoint } = running.stack.endpoints;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const QueueUrl = running.stack.queues['doc-verified']?.url;
    // The deployed queue hides a message for six times the Lambda's timeout: too long to watch.
    await new SQSClient({ endpoint, region: 'us-east-1', credentials }).send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '3' } }),
    );
  });
  afterAll(() => running?.stop());

  it('loses nothing, and stores nothing twice', async () => {
    const { simulator, stack, reader } = running;
    const documents = Array.from({ length: DOCUMENTS }, () => ({ kind: 'bank-statement' as const }));
    const book = simulator.addBook({ documents }, { deliver: false });

    // Forms are answered and stored; transactions are asked for and never answered.
    const heal = simulator.faults.add({ fault: 'timeout', path: '/v1/transaction' });
    for (const { uuid } of book.documents) await simulator.verifyDocument(uuid);
    await vi.waitFor(
      async () => {
        expect(simulator.calls.some(({ path }) => path.startsWith('/v1/transaction'))).toBe(true);
        expect(await reader.results(book.uuid)).not.toEqual([]);
      },
      { timeout: 30_000, interval: 20 },
    );
    expect(await stack.killEnvironment('doc-verified')).toBe(true);
    heal();

    for (const { deliveryId } of simulator.deliveries) await running.ledgerOf(book.uuid, deliveryId);
    expect(await running.drained()).toBe(0);
    const events = await reader.events(book.uuid);
    expect(events.map(({ deliveryId }) => deliveryId).sort()).toEqual(
      simulator.deliveries.map(({ deliveryId }) => deliveryId).sort(),
    );
    expect(events.some(({ attempts }) => attempts > 1)).toBe(true);

    const truth = simulator.truth(book.uuid);
    const results = await reader.results(book.uuid);
    expect(results).toHaveLength(2 * DOCUMENTS);
    expect(results.every(({ generation }) => generation === 1)).toBe(true);
    for (const { uuid } of book.documents) {
      const body = await reader.resultBody(book.uuid, 'transactions', uuid);
      expect(body?.toString()).toBe(truth.body('transactions', uuid).toString());
    }
  });
});

import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { envelope } from '../functions/webhook/testing/envelope.ts';
import { type AwsServer, startAwsServer } from './testing/aws-server.ts';

/** An AWS that takes requests and never answers. */
let aws: AwsServer;
let clients: Awaited<ReturnType<typeof loadClients>>;
beforeAll(async () => {
  aws = await startAwsServer(() => new Promise(() => {}));
  clients = await loadClients();
});

async function loadClients() {
  return {
    ...(await import('../../functions/webhook/enqueue.ts')),
    ...(await import('../../functions/webhook/body-store.ts')),
    ...(await import('../../functions/rotation/secret-versions.ts')),
    ...(await import('../../shared/secrets/secrets-manager.ts')),
    ...(await import('../../shared/queue.ts')),
    ...(await import('../../shared/store/table.ts')),
    ...(await import('../../shared/store/bodies/result-bodies.ts')),
  };
}

afterAll(() => aws.close());
beforeEach(() => {
  aws.received.length = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => vi.useRealTimers());

const queueUrl = () => `${aws.url}/000000000000/queue`;

/** Ocrolus waits five seconds for the webhook; a Lambda has its own deadline. */
it.each<[what: string, tries: number, withinSeconds: number, work: () => Promise<unknown>]>([
  ['the webhook: a message', 2, 4, () => clients.enqueue(queueUrl(), envelope)],
  ['the webhook: a large body', 2, 4, () => clients.storeBody('bucket', 'key', Buffer.from('x'))],
  ['the webhook: its secret', 2, 3, () => clients.readSecretText('arn')],
  ['a message', 3, 20, () => clients.openQueue().send(queueUrl(), { body: '{}', group: 'b' })],
  ['an item', 5, 20, () => clients.openTable('books').get({ bookId: 'b', item: 'BOOK' })],
  ['a body', 5, 130, () => clients.openBodies('bucket').put('key', Buffer.from('x'))],
  ['rotation: a version of a secret', 3, 20, () => clients.openVersions('arn').read('AWSCURRENT')],
])('a request that is never answered is given up: %s', async (_what, tries, withinSeconds, work) => {
  const failed = work().catch((error: Error) => error.name);
  for (let steps = 0; steps < withinSeconds * 4; steps += 1) {
    // Lets the network do its part before time passes.
    for (let n = 0; n < 20; n += 1) await setImmediate();
    await vi.advanceTimersByTimeAsync(250);
  }
  expect(await Promise.race([failed, setImmediate('still waiting')])).toBe('TimeoutError');
  expect(aws.received).toHaveLength(tries);
});

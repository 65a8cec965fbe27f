import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openVersions } from '../../functions/rotation/secret-versions.ts';
import { storeBody } from '../../functions/webhook/body-store.ts';
import { enqueue } from '../../functions/webhook/enqueue.ts';
import { openQueue } from '../../shared/queue.ts';
import { readSecretText } from '../../shared/secrets-manager.ts';
import { openBodies } from '../../shared/store/result-bodies.ts';
import { openTable } from '../../shared/store/table.ts';
import { startHttpServer } from '../ops/http-server.ts';
import { envelope } from '../webhook/envelope.ts';

/** An AWS that takes requests and never answers. */
let aws: Awaited<ReturnType<typeof startHttpServer>>;
beforeAll(async () => {
  aws = await startHttpServer(() => new Promise(() => {}));
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});
beforeEach(() => {
  aws.received.length = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => vi.useRealTimers());

const queueUrl = () => `${aws.url}/000000000000/queue`;

/** Ocrolus waits five seconds for the webhook; a Lambda has its own deadline. */
it.each<[what: string, tries: number, withinSeconds: number, work: () => Promise<unknown>]>([
  ['the webhook: a message', 2, 4, () => enqueue(queueUrl(), envelope)],
  ['the webhook: a large body', 2, 4, () => storeBody('bucket', 'key', Buffer.from('x'))],
  ['the webhook: its secret', 2, 3, () => readSecretText('arn')],
  ['consumers and poller: a message', 3, 20, () => openQueue().send(queueUrl(), { body: '{}', group: 'b' })],
  ['consumers and poller: an item', 5, 20, () => openTable('books').get({ bookId: 'b', item: 'BOOK' })],
  ['consumers: a body', 5, 130, () => openBodies('bucket').put('key', Buffer.from('x'))],
  ['rotation: a version of a secret', 3, 20, () => openVersions('arn').read('AWSCURRENT')],
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

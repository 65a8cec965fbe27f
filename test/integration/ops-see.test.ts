import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Launched, launch } from '../../infra/local/launch.ts';
import { openLocalTarget } from '../../infra/ops/local-target.ts';
import type { Target } from '../../infra/ops/target/target.ts';
import { ops, streamOf } from '../infra/ops/fake-target.ts';

// One stack, as `npm run local` makes it, and the commands as an operator would use them.
let dataDir = '';
let launched: Launched;
let target: Target;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ops-see-'));
  const settings = { json: true, once: false, port: 0, dataDir, simulator: true, environment: {} };
  // Ocrolus does not have the book: the quick retries are over after two seconds.
  const environment = { '*': { QUICK_RETRY_SECONDS: '1,1' } };
  launched = await launch(settings, { assembly: inject('assembly'), quiet: true, environment });
  target = await openLocalTarget(dataDir);
});
afterAll(async () => {
  await launched?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const BOOK = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';

const documentOf = async <Document = unknown>(call: string) => (await ops<Document>(target, call)).document;

const send = async (event: string) =>
  (await documentOf<{ deliveryId: string }>(`send ${event} --book ${BOOK}`)).deliveryId;

it('a delivery is seen on its way, in the list, and as a story', async () => {
  const tail = await streamOf(target, 'tail --json');
  const seen: { what: string; deliveryId: string }[] = [];
  const watched = (async () => {
    for await (const line of tail) {
      seen.push(JSON.parse(String(line)));
      if (seen.some(({ what }) => what === 'processed')) process.emit('SIGINT');
    }
  })();
  const deliveryId = await send('BOOK_VERIFIED');
  await watched;
  expect(seen.map(({ what, deliveryId: id }) => [what, id])).toEqual(
    expect.arrayContaining([
      ['queued', deliveryId],
      ['processed', deliveryId],
    ]),
  );

  const [delivery] = await documentOf<object[]>('deliveries --since 1h');
  expect(delivery).toMatchObject({ deliveryId, bookId: BOOK, eventName: 'BOOK_VERIFIED' });
  expect(await documentOf(`delivery ${deliveryId}`)).toMatchObject({
    ...{ state: 'processed', channel: 'book-verified', bookId: BOOK },
    // The simulated Ocrolus does not have this book.
    calls: expect.arrayContaining([expect.objectContaining({ operation: 'book-status', answer: 'refused' })]),
  });
  expect(Array.isArray(await documentOf('missing'))).toBe(true);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL_CHECKS } from '../../../../infra/ops/doctor/local.ts';
import { documentOf } from '../../local/testing/stack-document.ts';
import { fakeTarget } from '../fake-target.ts';
import { startHttpServer } from '../http-server.ts';
import { runOne } from '../testing/doctor.ts';

let data: string;
let server: Awaited<ReturnType<typeof startHttpServer>>;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'doctor-'));
  server = await startHttpServer(() => ({ status: 200, body: '{"ready":true}' }));
});
afterAll(async () => {
  await server.close();
  await rm(data, { recursive: true });
});

/** Announces a stack whose parts all listen, except perhaps its secrets. */
async function announce(secrets = server.url) {
  const { url } = server;
  const endpoint = { endpoint: url };
  const document = {
    ...documentOf({ url, token: 'x' }),
    ...{ pid: 4711, webhookUrl: url, ocrolusUrl: url, secretsManager: { endpoint: secrets } },
    ...{ dynamodb: { ...endpoint, table: 't' }, sqs: { ...endpoint, queues: {} } },
    s3: { ...endpoint, bucket: 'b' },
  };
  await writeFile(join(data, 'stack.json'), JSON.stringify(document));
}
const runCheck = (name: string, simulate = async (): Promise<unknown> => ({})) =>
  runOne(LOCAL_CHECKS, name, { target: fakeTarget({ simulate }), data });

it('is found by its process', async () => {
  await announce();
  expect(await runCheck('process')).toMatchObject({ state: 'ok', found: 'pid 4711' });
  await rm(join(data, 'stack.json'));
  expect(await runCheck('process')).toMatchObject({ state: 'fail' });
});

it('has ports, of which a silent one is named', async () => {
  await announce();
  const { state, found } = await runCheck('ports');
  expect({ state, found }).toEqual({ state: 'ok', found: expect.stringMatching(/^table \d+, queues \d+/) });
  const gone = await startHttpServer(() => ({ status: 200, body: '' }));
  await gone.close();
  await announce(gone.url);
  const silent = `nothing listens: secrets at ${gone.url}`;
  expect(await runCheck('ports')).toMatchObject({ state: 'fail', found: silent });
});

const conflict = new Error('the local stack answered 409: this stack calls another Ocrolus');

it.each([
  [{ api: [], deliveries: { drop: 0, maxDelayMs: 500 } }, 'ok', /^none/],
  [{ api: [{ fault: 'forbidden' }], deliveries: { drop: 0.5 } }, 'warn', /^switched on: forbidden, drop$/],
  [conflict, 'ok', /^another Ocrolus is called$/],
])('may have faults switched on: %j', async (answer, state, found) => {
  const simulate = async () => (answer instanceof Error ? Promise.reject(answer) : answer);
  expect(await runCheck('faults', simulate)).toMatchObject({ state, found: expect.stringMatching(found) });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_CHECKS } from '../../infra/ops/doctor/local.ts';
import type { Target } from '../../infra/ops/target/target.ts';
import { fakeTarget } from './fake-target.ts';
import { startHttpServer } from './http-server.ts';
import { runOne } from './testing/doctor.ts';

describe('the local stack', () => {
  let data: string;
  let server: Awaited<ReturnType<typeof startHttpServer>>;
  let dead: string;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'doctor-'));
    server = await startHttpServer(() => ({ status: 200, body: '{"ready":true}' }));
    const gone = await startHttpServer(() => ({ status: 200, body: '' }));
    dead = gone.url;
    await gone.close();
  });
  afterEach(async () => {
    await server.close();
    await rm(data, { recursive: true });
  });

  async function describeStack(secrets = server.url) {
    const { url } = server;
    const document = {
      ready: true,
      pid: 4711,
      webhookUrl: `${url}/webhooks/default`,
      webhookSecret: 'example-webhook-secret-A1',
      ocrolusUrl: url,
      consoleUrl: null,
      dynamodb: { endpoint: url, table: 't' },
      sqs: { endpoint: url, queues: {} },
      control: { url, token: 'x' },
      region: 'us-east-1',
      s3: { endpoint: url, bucket: 'b' },
      secretsManager: { endpoint: secrets },
    };
    await writeFile(join(data, 'stack.json'), JSON.stringify(document));
  }
  const runCheck = (name: string, parts: Partial<Target> = {}) =>
    runOne(LOCAL_CHECKS, name, { target: fakeTarget(parts), data });

  it('is found by its process', async () => {
    await describeStack();
    expect(await runCheck('process')).toMatchObject({ state: 'ok', found: 'pid 4711' });
    await rm(join(data, 'stack.json'));
    expect(await runCheck('process')).toMatchObject({ state: 'fail' });
  });

  it('has ports, of which a silent one is named', async () => {
    await describeStack();
    const { state, found } = await runCheck('ports');
    expect({ state, found }).toEqual({ state: 'ok', found: expect.stringMatching(/^table \d+, queues \d+/) });
    await describeStack(dead);
    expect(await runCheck('ports')).toMatchObject({
      state: 'fail',
      found: `nothing listens: secrets at ${dead}`,
    });
  });

  it.each([
    [{ api: [], deliveries: { drop: 0, maxDelayMs: 500 } }, 'ok', 'none'],
    [{ api: [{ fault: 'forbidden' }], deliveries: { drop: 0.5 } }, 'warn', 'switched on: forbidden, drop'],
  ])('may have faults switched on: %j', async (faults, state, found) => {
    expect(await runCheck('faults', { simulate: async () => faults })).toMatchObject({
      state,
      found: expect.stringContaining(found),
    });
  });

  it('may call another Ocrolus', async () => {
    const simulate = async () => {
      throw new Error('the local stack answered 409: this stack calls another Ocrolus');
    };
    expect(await runCheck('faults', { simulate })).toMatchObject({ state: 'ok' });
  });
});

import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { startSimulator } from '../../../infra/local/ocrolus/simulator.ts';
import { openLocalTarget } from '../../../infra/ops/target/local.ts';
import { findLocalStack, ReadyDocument } from '../../../infra/running-stacks/data-dir.ts';
import { isAlive } from '../../../infra/running-stacks/registry.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { useFolder } from '../../testing/folder.ts';
import { FIXTURE_ASSEMBLY } from './fixtures/stack.ts';
import { unknownPaths } from './ocrolus/testing/client.ts';
import { truthOf } from './ocrolus/testing/truth.ts';
import { run, runLocal, START_TIMEOUT } from './testing/process.ts';

const folder = useFolder();
let dataDir: string;
beforeEach(() => {
  dataDir = folder();
});

test('npm run local says once that it is ready, can be found, and ends with status 0', {
  timeout: START_TIMEOUT,
}, async () => {
  const secret = 'a-webhook-secret-of-our-own';
  const args = ['--json', '--data', dataDir];
  const local = runLocal(dataDir, args, { WEBHOOK_SECRET: secret });
  const document = ReadyDocument.strict().parse(JSON.parse(await local.firstLine()));
  expect(document).toMatchObject({ pid: local.child.pid, webhookSecret: secret });
  expect((await fetch(document.consoleUrl ?? '')).status).toBe(200);
  for (const path of ['nothing.js', 'api/nothing', 'api/dead-letters/nothing', 'api/ocrolus/nothing']) {
    const unknown = await fetch(`${document.consoleUrl}${path}`);
    expect(unknown.status, path).toBe(404);
    expect(await unknown.json(), path).toEqual({ error: expect.stringMatching(/^there is no /) });
  }
  expect(Object.keys(document.sqs.queues)).toEqual([...CHANNELS]);
  expect(document).toMatchObject({ region: 'us-east-1', s3: { endpoint: document.sqs.endpoint } });
  expect((await fetch(`${document.s3.endpoint}/${document.s3.bucket}`)).status).toBe(200);
  expect(document.eventBridge?.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(document.eventBridge?.file).toBe(join(dataDir, 'events.jsonl'));
  expect(await findLocalStack(dataDir)).toMatchObject(document);

  const unsigned = await fetch(document.webhookUrl, { method: 'POST', body: '{"event":"BOOK_VERIFIED"}' });
  expect(unsigned.status).toBe(401);

  const { control } = (await findLocalStack(dataDir)) ?? {};
  const books = (token = '') => fetch(`${control?.url}/ocrolus/books`, { headers: { authorization: token } });
  expect((await books()).status).toBe(401);
  expect(await (await books(`Bearer ${control?.token}`)).json()).toEqual([]);

  const second = runLocal(dataDir, args);
  expect(await second.ended).toBe(1);
  expect(second.err.join('\n')).toContain(`a local stack is running in ${dataDir}`);

  const stoppedAt = Date.now();
  local.child.kill('SIGTERM');
  expect(await local.ended).toBe(0);
  expect(Date.now() - stoppedAt).toBeLessThan(5000);
  expect(local.out).toHaveLength(1);
  expect(local.err).toEqual([]);
  expect(await readdir(dataDir)).not.toContain('stack.json');
});

test('with another Ocrolus, results are stored byte for byte, and no child outlives the stack', {
  timeout: START_TIMEOUT,
}, async () => {
  const ocrolus = await startSimulator({ clientId: 'another-client', clientSecret: 'another-secret' });
  onTestFinished(() => ocrolus.close());
  const local = runLocal(dataDir, ['--json', '--no-simulator', '--port', '0', '--data', dataDir], {
    OCROLUS_API_URL: ocrolus.url,
    OCROLUS_AUTH_URL: ocrolus.url,
    OCROLUS_CLIENT_ID: 'another-client',
    OCROLUS_CLIENT_SECRET: 'another-secret',
  });
  const { ocrolusUrl, webhookUrl, webhookSecret } = ReadyDocument.parse(JSON.parse(await local.firstLine()));
  expect(ocrolusUrl).toBe(ocrolus.url);
  ocrolus.setWebhook({ url: webhookUrl, secret: webhookSecret });
  const { uuid, documents } = ocrolus.addBook({ documents: [{ kind: 'form' }] });
  const form = documents[0]?.uuid ?? '';
  await ocrolus.change({ do: 'verify-book', book: uuid });
  const { reader } = await openLocalTarget(dataDir);
  const stored = () => reader.resultBody(uuid, 'forms', form);
  await expect.poll(stored, { timeout: 30_000 }).toEqual(truthOf(ocrolus, uuid).body('forms', form));
  expect(unknownPaths(ocrolus)).toEqual([]);

  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(local.child.pid)], {
    encoding: 'utf8',
  });
  const pids = children.trim().split(/\s+/).map(Number);
  expect(pids.filter(isAlive).length).toBeGreaterThan(0);
  local.child.kill('SIGTERM');
  expect(await local.ended).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
});

test('faults of the command line are told before anything is started', async () => {
  const local = runLocal(dataDir, ['--port', 'many', '--data', dataDir], {
    POLL_SECONDS: 'often',
  });
  expect(await local.ended).toBe(2);
  expect(local.err.join('\n')).toMatch(/port[\s\S]*POLL_SECONDS/);
});

test("a Lambda's process ends with the stack's, even when that is killed", {
  timeout: START_TIMEOUT,
}, async () => {
  const parent = run(dataDir, 'test/infra/local/fixtures/parent.ts', [dataDir, FIXTURE_ASSEMBLY]);
  const { pid } = z.object({ pid: z.int() }).parse(JSON.parse(await parent.firstLine()));
  expect(isAlive(pid)).toBe(true);
  parent.child.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000, interval: 20 });
});

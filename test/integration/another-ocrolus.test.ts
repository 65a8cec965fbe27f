import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ReadyDocument } from '../../infra/local/data-dir.ts';
import { type Simulator, startSimulator } from '../../infra/local/ocrolus/index.ts';
import { isAlive } from '../../infra/local/running-stacks.ts';
import { spawnLocal } from './testing/spawn-local.ts';

const run = promisify(execFile);
const OPS = join(import.meta.dirname, '../../infra/ops/ops.ts');

interface Started {
  readonly child: ChildProcess;
  readonly dataDir: string;
  readonly ready: ReadyDocument;
  /** Everything on standard output. */
  readonly lines: readonly string[];
}

async function startLocal(ocrolusUrl: string): Promise<Started> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ocrolus-webhooks-'));
  const child = spawnLocal(dataDir, ocrolusUrl, {
    OCROLUS_CLIENT_ID: 'another-client',
    OCROLUS_CLIENT_SECRET: 'another-client-secret',
    WEBHOOK_SECRET: 'a-secret-that-is-fixed',
    POLL_SECONDS: '1',
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout ?? process.stdin });
  reader.on('line', (line) => lines.push(line));
  await once(reader, 'line');
  return { child, dataDir, lines, ready: ReadyDocument.parse(JSON.parse(lines[0] ?? '')) };
}

describe('npm run local, with another Ocrolus', () => {
  let ocrolus: Simulator;
  let started: Started[];
  beforeAll(async () => {
    ocrolus = await startSimulator({ clientId: 'another-client', clientSecret: 'another-client-secret' });
    started = await Promise.all([startLocal(ocrolus.url), startLocal(ocrolus.url)]);
    const [first] = started;
    if (first === undefined) throw new Error('not started');
    ocrolus.setWebhook({ url: first.ready.webhookUrl, secret: first.ready.webhookSecret });
  });
  afterAll(async () => {
    for (const { child, dataDir } of started ?? []) {
      child.kill('SIGKILL');
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
    await ocrolus?.close();
  });

  const ops = async (index: number, ...words: string[]) => {
    const { stdout } = await run(process.execPath, [OPS, ...words, '--data', started[index]?.dataDir ?? ''], {
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
  const book = async (index: number, uuid: string) =>
    JSON.parse((await ops(index, 'book', uuid, '--json')).toString()) as {
      book: { status?: string } | null;
      documents: unknown[];
      results: { kind: string; subject: string }[];
      events: { outcome: string }[];
    };

  it('prints one line when ready, with the secret that was given', () => {
    for (const { ready, lines } of started) {
      expect(lines).toHaveLength(1);
      expect(ready).toMatchObject({ webhookSecret: 'a-secret-that-is-fixed', ocrolusUrl: ocrolus.url });
    }
  });

  it('works against it, calls no path that Ocrolus does not have, and gives results back byte for byte', async () => {
    const { uuid, documents } = ocrolus.addBook({ documents: [{ kind: 'form' }] });
    const [document] = documents;
    await ocrolus.verifyBook(uuid);
    await vi.waitFor(
      async () => expect((await book(0, uuid)).results.map(({ kind }) => kind)).toContain('forms'),
      { timeout: 30_000, interval: 1000 },
    );
    const stored = await book(0, uuid);
    expect(stored.book?.status).toBe('VERIFIED');
    expect(stored.documents).toHaveLength(1);
    const forms = await ops(0, 'result', uuid, 'forms', document?.uuid ?? '');
    const truth = ocrolus.truth(uuid);
    expect(forms.equals(truth.body('forms', document?.uuid))).toBe(true);
    expect(ocrolus.unknownPaths).toEqual([]);
  });

  it('keeps two stacks apart: the second, which got no webhook, finds the book by polling', async () => {
    const uuid = ocrolus.books[0]?.uuid ?? '';
    await vi.waitFor(
      async () => expect((await book(1, uuid)).results.map(({ kind }) => kind)).toContain('forms'),
      { timeout: 30_000, interval: 1000 },
    );
  });

  it('takes a delivery that ops signs, and shows the queues', async () => {
    const uuid = ocrolus.books[0]?.uuid ?? '';
    const sent = JSON.parse((await ops(0, 'send', 'BOOK_VERIFIED', '--book', uuid, '--json')).toString());
    expect(sent).toMatchObject({ status: 200 });
    const report = JSON.parse((await ops(0, 'poll', '--json')).toString());
    expect(report).toMatchObject({ discovered: expect.any(Number) });
    const queues = JSON.parse((await ops(0, 'queues', '--json')).toString());
    expect(queues).toContainEqual({
      channel: 'unrecognized',
      visible: 0,
      inFlight: 0,
      delayed: 0,
      dlq: 0,
      ageSeconds: null,
      dlqAgeSeconds: null,
    });
  });

  it('ends within five seconds of SIGTERM, with every child', async () => {
    const [first] = started;
    if (first?.child.pid === undefined) throw new Error('not started');
    const children = await childrenOf(first.child.pid);
    expect(children.length).toBeGreaterThan(0);
    const exited = once(first.child, 'exit', { signal: AbortSignal.timeout(5000) });
    first.child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(children.filter(isAlive)).toEqual([]);
  });
});

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(pid)]);
  return stdout.trim().split(/\s+/).map(Number);
}

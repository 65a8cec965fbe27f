import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { serveControl } from '../../infra/local/control.ts';
import { claimDataDir, newToken } from '../../infra/local/data-dir.ts';
import type { RunningServer } from '../../infra/local/http.ts';
import { run } from '../../infra/ops/run.ts';
import type { Session } from '../../infra/ops/stack-command.ts';
import { documentOf } from '../local/testing/stack-document.ts';

let data = '';
let server: RunningServer;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'run-'));
  const token = newToken();
  server = await serveControl(token, () => ({}));
  const control = { url: server.url, token };
  await (await claimDataDir(data, control)).announce(documentOf(control));
});
afterAll(async () => {
  await server.stop();
  await rm(data, { recursive: true });
});

/** Runs a command on the local stack, where there is no terminal. @returns what it writes. */
async function written(
  options: { readonly yes?: true },
  work: (session: Session) => Promise<void>,
  text = 'done',
): Promise<string> {
  const chunks: string[] = [];
  const write = (chunk: unknown) => {
    chunks.push(String(chunk));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(write),
  );
  try {
    await run({ data, ...options }, async (session) => {
      await work(session);
      return { document: {}, text };
    });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return chunks.join('');
}

it('a change of the local stack needs no confirmation', async () => {
  expect(await written({}, ({ confirm }) => confirm('change it'))).toBe('done\n');
});

it('what may be a mistake needs it, with the plan', async () => {
  const work = ({ confirmAnywhere }: Session) => confirmAnywhere('forget it');
  await expect(written({}, work)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('--yes'),
  });
  expect(await written({ yes: true }, work)).toBe('Local stack: forget it\ndone\n');
});

it('a text that a command did not make printable cannot control the terminal', async () => {
  expect(await written({}, async () => {}, 'a\u001b]0;title\u0007\nb')).toBe('a\\u001b]0;title\\u0007\nb\n');
});

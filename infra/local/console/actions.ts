import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import * as z from 'zod';
import { POLL_NOW } from '../../ops/target/target.ts';
import type { LocalStack } from '../stack.ts';

const OPS = fileURLToPath(new URL(`../../ops/ops${extname(import.meta.url)}`, import.meta.url));

/** Time limit of a command: enough to send thousands of messages. */
const TIMEOUT_MS = 120_000;

// An argument with a leading dash would be an option.
const Id = z.string().regex(/^[^-]/, 'this id cannot be an argument of ops');
const Named = z.strictObject({ function: z.string() });
const InChannel = z.strictObject({ channel: z.string() });
const Discarded = z.strictObject({ messageId: Id });
const Replayed = z.strictObject({ deliveryId: Id });

/** The console's actions on the stack. Each answers `{message}`, or an error. */
export function actionRoutes({
  stack,
  dataDir,
}: {
  readonly stack: LocalStack;
  readonly dataDir: string;
}): Hono {
  const app = new Hono();

  app.post('/poll', async ({ json }) => {
    const outcome = await stack.invokePoller(POLL_NOW);
    if (!outcome.ok) throw new Error(outcome.error.errorMessage);
    return json({ message: `The poller answered ${outcome.payload}` });
  });

  app.post('/kill', async ({ req, json }) => {
    const { function: name } = Named.parse(await req.json());
    const isKilled = await stack.killEnvironment(name);
    return json({
      message: isKilled ? `A process of ${name} was killed.` : `No process of ${name} was running.`,
    });
  });

  app.post('/redrive', async ({ req, json }) => {
    const { channel } = InChannel.parse(await req.json());
    if (!Object.hasOwn(stack.queues, channel)) throw new Error(`no channel ${channel}`);
    const { moved, left } = Moved.parse(await runOps(['redrive', channel], dataDir));
    return json({ message: `${channel}: ${moved} moved back to the queue, ${left} left.` });
  });

  app.post('/discard', async ({ req, json }) => {
    const { messageId } = Discarded.parse(await req.json());
    const folder = join(dataDir, 'discarded');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const words = ['dlq', 'discard', messageId, '--to', join(folder, `${messageId}.json`), '--yes'];
    const { file } = Saved.parse(await runOps(words, dataDir));
    return json({ message: `Discarded. It was saved to ${file}` });
  });

  app.post('/replay', async ({ req, json }) => {
    const { deliveryId } = Replayed.parse(await req.json());
    const { sent } = Sent.parse(await runOps(['replay', '--delivery', deliveryId], dataDir));
    return json({
      message: sent > 0 ? 'Sent to its queue again.' : 'Nothing to send: the ledger has no body of it yet.',
    });
  });

  return app;
}

const Moved = z.looseObject({ moved: z.int(), left: z.int() });
const Saved = z.looseObject({ file: z.string() });
const Sent = z.looseObject({ sent: z.int() });

/**
 * Runs a command of `ops` on the stack of a data folder, so that an action of the console does what its command does.
 *
 * @returns the document that it prints.
 * @throws Error with its error message.
 */
async function runOps(words: readonly string[], dataDir: string): Promise<unknown> {
  const args = [OPS, ...words, '--data', dataDir, '--json'];
  const done = Promise.withResolvers<string>();
  execFile(process.execPath, args, { timeout: TIMEOUT_MS, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
    if (error === null) done.resolve(stdout);
    else done.reject(new Error(stderr.trim() || error.message));
  });
  return JSON.parse(await done.promise) as unknown;
}

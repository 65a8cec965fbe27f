import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import * as z from 'zod';
import { PROGRESS_VARIABLE, type ProgressMessage } from '../../command-line/progress.ts';
import { POLL_NOW } from '../../ops/target/target.ts';
import type { LocalStack } from '../stack.ts';

const OPS = fileURLToPath(new URL(`../../run-ops${extname(import.meta.url)}`, import.meta.url));

/** Time limit of a command: enough to send thousands of messages. */
const TIMEOUT_MS = 600_000;

// An argument with a leading dash would be an option.
const Id = z.string().regex(/^[^-]/, 'this id cannot be an argument of ops');
const Named = z.strictObject({ function: z.string() });
const InChannel = z.strictObject({ channel: z.string() });
const Discarded = z.strictObject({ messageId: Id });
const Replayed = z.strictObject({ deliveryId: Id });
const Forgotten = z.strictObject({ book: Id });

const Moved = z.looseObject({ moved: z.int(), left: z.int() });
const Saved = z.looseObject({ file: z.string() });
const Sent = z.looseObject({ sent: z.int() });
const Backfilled = z.looseObject({ unknown: z.int(), again: z.int() });

/** A command that an action has started, with its progress as a terminal would show it. */
interface RunningCommand extends ProgressMessage {
  readonly command: string;
}

export type Actions = ReturnType<typeof createActions>;

/** The console's actions on the stack. Each answers `{message}`, or an error. */
export function createActions(stack: LocalStack, dataDir: string) {
  const running = new Set<RunningCommand>();
  const routes = new Hono();

  routes.post('/poll', async ({ json }) => {
    const outcome = await stack.invokePoller(POLL_NOW);
    if (!outcome.ok) throw new Error(outcome.error.errorMessage);
    return json({ message: `The poller answered ${outcome.payload}` });
  });

  routes.post('/kill', async ({ req, json }) => {
    const { function: name } = Named.parse(await req.json());
    const isKilled = await stack.killEnvironment(name);
    return json({
      message: isKilled ? `A process of ${name} was killed.` : `No process of ${name} was running.`,
    });
  });

  routes.post('/redrive', async ({ req, json }) => {
    const { channel } = InChannel.parse(await req.json());
    if (!Object.hasOwn(stack.queues, channel)) throw new Error(`no channel ${channel}`);
    const { moved, left } = Moved.parse(await runOps(['redrive', channel]));
    return json({ message: `${channel}: ${moved} moved back to the queue, ${left} left.` });
  });

  routes.post('/discard', async ({ req, json }) => {
    const { messageId } = Discarded.parse(await req.json());
    const folder = join(dataDir, 'discarded');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const words = ['dlq', 'discard', messageId, '--to', join(folder, `${messageId}.json`), '--yes'];
    const { file } = Saved.parse(await runOps(words));
    return json({ message: `Discarded. It was saved to ${file}` });
  });

  routes.post('/replay', async ({ req, json }) => {
    const { deliveryId } = Replayed.parse(await req.json());
    const { sent } = Sent.parse(await runOps(['replay', '--delivery', deliveryId]));
    return json({
      message: sent > 0 ? 'Sent to its queue again.' : 'Nothing to send: the ledger has no body of it yet.',
    });
  });

  routes.post('/backfill', async ({ json }) => {
    const { unknown, again } = Backfilled.parse(await runOps(['backfill', '--from', '90d', '--yes']));
    return json({ message: `${unknown + again} more books are due; the poller fetches what they lack.` });
  });

  routes.post('/forget', async ({ req, json }) => {
    const { book } = Forgotten.parse(await req.json());
    await runOps(['forget', book, '--yes']);
    return json({ message: 'Forgotten: everything of it is removed, and it is not stored again.' });
  });

  /**
   * Runs a command of `ops` on the stack, so that an action of the console does what its command does.
   *
   * @returns the document that it prints.
   * @throws Error with its error message.
   */
  async function runOps(words: readonly string[]): Promise<unknown> {
    const child = fork(OPS, [...words, '--data', dataDir, '--json'], {
      silent: true,
      timeout: TIMEOUT_MS,
      env: { ...process.env, [PROGRESS_VARIABLE]: 'ipc' },
    });
    let shown: RunningCommand = { command: `ops ${words.join(' ')}`, done: 0, total: null, note: '' };
    running.add(shown);
    child.on('message', (message: ProgressMessage) => {
      running.delete(shown);
      shown = { ...shown, ...message };
      running.add(shown);
    });
    try {
      const [output, problem, [status]] = await Promise.all([
        text(child.stdout ?? Readable.from([])),
        text(child.stderr ?? Readable.from([])),
        once(child, 'close'),
      ]);
      if (status !== 0) throw new Error(problem.trim() || `${shown.command} ended with ${status}`);
      return JSON.parse(output) as unknown;
    } finally {
      running.delete(shown);
    }
  }

  return { routes, running };
}

import { randomBytes } from 'node:crypto';
import { constants, existsSync, readFileSync } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { listen } from './http.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Folder of a stack without `--data`, where `ops` finds it. */
export const DEFAULT_DATA_DIR = join(PROJECT, '.local', 'default');

/** Document that a stack prints once it is ready (docs/design.md#the-local-stack). */
export const ReadyDocument = z.object({
  ready: z.literal(true),
  pid: z.int(),
  webhookUrl: z.string(),
  webhookSecret: z.string(),
  ocrolusUrl: z.string(),
  consoleUrl: z.string().nullable(),
  region: z.string(),
  dynamodb: z.object({ endpoint: z.string(), table: z.string() }),
  sqs: z.object({
    endpoint: z.string(),
    queues: z.record(z.string(), z.object({ url: z.string(), dlqUrl: z.string().nullable() })),
  }),
  s3: z.object({ endpoint: z.string(), bucket: z.string() }),
});

export type ReadyDocument = z.infer<typeof ReadyDocument>;

/** Address of the stack's control endpoint, and its token: `Authorization: Bearer <token>`. */
export const Control = z.object({ url: z.string(), token: z.string() });

export type Control = z.infer<typeof Control>;

/** Content of `stack.json`: the ready document, with additions for the operator's command line. */
export const StackFile = ReadyDocument.extend({
  control: Control,
  secretsManager: z.object({ endpoint: z.string() }),
  pollSeconds: z.number().optional(),
});

export type StackFile = z.infer<typeof StackFile>;

const ClaimFile = z.object({ pid: z.int(), control: Control });

export function newToken(): string {
  return randomBytes(24).toString('hex');
}

/**
 * Claims a data folder for this process. Files of a stack that has ended are ignored.
 *
 * @throws Error when a running stack has it.
 */
export async function claimDataDir(dataDir: string, control: Control) {
  await makeFolder(dataDir);
  const claimFile = join(dataDir, 'claim.json');
  const stackFile = join(dataDir, 'stack.json');
  const text = JSON.stringify({ pid: process.pid, control });
  const write = () => writeFile(claimFile, text, { flag: 'wx', mode: 0o600 });
  try {
    await write();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new Error(unwritable(dataDir, error));
    const holder = readJson(claimFile, ClaimFile);
    if (holder !== undefined && (await answers(holder.control))) {
      throw new Error(
        `a local stack is running in ${dataDir} (pid ${holder.pid}): stop it or use another --data`,
      );
    }
    await rm(claimFile, { force: true });
    await write();
  }
  await rm(stackFile, { force: true });
  return {
    /** Publishes `stack.json`. */
    async announce(document: StackFile) {
      // Readers see the whole file or none.
      await writeFile(`${stackFile}.new`, JSON.stringify(document, null, 2), { mode: 0o600 });
      await rename(`${stackFile}.new`, stackFile);
    },
    async release() {
      await Promise.all([rm(stackFile, { force: true }), rm(claimFile, { force: true })]);
    },
  };
}

/**
 * Makes a folder and its parents. Not by the option `recursive`, with which Node.js 24 never returns if an existing
 * folder, such as `/proc`, accepts no new one.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    if (!existsSync(folder)) {
      if (dirname(folder) !== folder) await makeFolder(dirname(folder));
      await mkdir(folder);
    }
  } catch (error) {
    // Another process may have made the folder meanwhile.
    if (codeOf(error) === 'EEXIST') return;
    throw codeOf(error) === undefined ? error : new Error(unwritable(folder, error));
  }
}

function unwritable(folder: string, error: unknown): string {
  return `cannot write in ${folder} (${codeOf(error) ?? error}): name another folder with --data`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/**
 * Finds the stack that runs in a data folder.
 *
 * @returns `undefined` if there is none, or it is not ready.
 */
export async function findLocalStack(dataDir: string = DEFAULT_DATA_DIR): Promise<StackFile | undefined> {
  const found = readJson(join(resolve(dataDir), 'stack.json'), StackFile);
  return found !== undefined && (await answers(found.control)) ? found : undefined;
}

/** @returns `undefined` if the file does not exist, or does not fit the schema. */
export function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Asks the control endpoint. The process id alone is no proof, since it may belong to another process now. */
async function answers({ url, token }: Control): Promise<boolean> {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(2000) });
    return response.ok;
  } catch (error) {
    // A stack that is too busy to answer still runs.
    return error instanceof Error && error.name === 'TimeoutError';
  }
}

/**
 * Checks folder and port before the stack is loaded and the app is synthesized, which takes seconds.
 *
 * @throws Error that names the option to change.
 */
export async function checkFolderAndPort({
  dataDir,
  port,
}: {
  dataDir: string;
  port: number;
}): Promise<void> {
  await makeFolder(dataDir);
  try {
    await access(dataDir, constants.W_OK);
  } catch (error) {
    throw new Error(`cannot write in ${dataDir}: name another folder with --data`, { cause: error });
  }
  try {
    const server = await listen(createServer(), port);
    await server.stop();
  } catch (error) {
    throw new Error(`port ${port} is not free: name another one with --port, or 0 for any`, { cause: error });
  }
}

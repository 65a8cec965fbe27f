import { constants, existsSync } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { answers, Control, readJson, type StackFile, stackFilePath } from '../running-stacks/data-dir.ts';
import { listen } from '../running-stacks/loopback-server.ts';

const ClaimFile = z.object({ pid: z.int(), control: Control });

/**
 * Claims a data folder for this process. Files of a stack that has ended are ignored.
 *
 * @throws Error when a running stack has it.
 */
export async function claimDataDir(dataDir: string, control: Control) {
  await makeFolder(dataDir);
  const claimFile = join(dataDir, 'claim.json');
  const stackFile = stackFilePath(dataDir);
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
async function makeFolder(folder: string): Promise<void> {
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
 * Checks folder and port before the stack is loaded and the app is synthesized, which takes seconds.
 *
 * @throws Error that names the option to change.
 */
export async function checkFolderAndPort(dataDir: string, port: number): Promise<void> {
  await makeFolder(dataDir);
  try {
    await access(dataDir, constants.W_OK);
  } catch (error) {
    throw new Error(unwritable(dataDir, error));
  }
  try {
    const server = await listen(createServer(), port);
    await server.stop();
  } catch (error) {
    throw new Error(`port ${port} is not free: name another one with --port, or 0 for any`, { cause: error });
  }
}

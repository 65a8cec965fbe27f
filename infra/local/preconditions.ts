import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer } from 'node:http';
import { makeFolder } from './data-dir.ts';
import { listen } from './http.ts';
import type { LocalSettings } from './settings.ts';

/**
 * Checks folder and port before the stack is loaded and the app is synthesized, which takes seconds.
 *
 * @throws Error that names the option to change.
 */
export async function checkFolderAndPort({
  dataDir,
  port,
}: Pick<LocalSettings, 'dataDir' | 'port'>): Promise<void> {
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

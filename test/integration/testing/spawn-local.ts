import { spawn } from 'node:child_process';
import { join } from 'node:path';

const START = join(import.meta.dirname, '../../../infra/local/start.ts');

/**
 * `npm run local -- --json --no-simulator`, pointed at an Ocrolus that is somewhere else. Its first line on standard output says
 * that it is ready.
 *
 * @param dataDir is also the folder in which `ops` looks for it: the developer's own `ops` does not see it.
 */
export function spawnLocal(dataDir: string, ocrolusUrl: string, env: Readonly<Record<string, string>>) {
  const args = ['local', '--json', '--no-simulator', '--port', '0', '--data', dataDir];
  return spawn(process.execPath, [START, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      XDG_RUNTIME_DIR: dataDir,
      OCROLUS_API_URL: ocrolusUrl,
      OCROLUS_AUTH_URL: ocrolusUrl,
      ...env,
    },
  });
}

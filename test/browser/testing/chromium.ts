import { existsSync } from 'node:fs';

const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is installed; `undefined` where there is none. `CHROMIUM_PATH` names one in another place. */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM_PATH, ...USUAL].find((path) => path !== undefined && existsSync(path));
}

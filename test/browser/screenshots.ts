/** `npm run screenshots`: the pictures of the console in the README, from `npm start` as it is, into docs/images/. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { DEFAULT_DATA_DIR } from '../../infra/running-stacks/data-dir.ts';
import { findChromium } from './testing/chromium.ts';
import { npmStart } from './testing/npm-start.ts';

const FOLDER = join(import.meta.dirname, '../../docs/images');
const VIEWPORT = { width: 1200, height: 1190 };
const SCHEMES = ['light', 'dark'] as const;

const executablePath = findChromium();
if (executablePath === undefined) throw new Error('no Chromium is installed: CHROMIUM_PATH names one');

await mkdir(FOLDER, { recursive: true });
// Commands need no flag to find a stack there.
const started = await npmStart(DEFAULT_DATA_DIR);
const browser = await chromium.launch({ executablePath, headless: true });
try {
  await started.demonstrated;
  for (const colorScheme of SCHEMES) {
    const page = await browser.newPage({ viewport: VIEWPORT, deviceScaleFactor: 1.25, colorScheme });
    await page.goto(started.consoleUrl);
    await page.getByText('All is well').first().waitFor();
    await page.getByRole('img', { name: /^Calls to Ocrolus/ }).waitFor();
    const path = join(FOLDER, `console-${colorScheme}.png`);
    await page.screenshot({ path });
    await page.close();
    console.log(path);
  }
} finally {
  await browser.close();
  await started.stop();
}

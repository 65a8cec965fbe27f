/**
 * `npm run screenshots`: pictures of every page of the console, from `npm start` as it is. Those that the documentation
 * shows go into docs/images/, the others into cdk.out/screenshots/, which is not in the repository.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import * as z from 'zod';
import { DEFAULT_DATA_DIR } from '../../infra/running-stacks/data-dir.ts';
import { findChromium } from './testing/chromium.ts';
import { npmStart } from './testing/npm-start.ts';

const ROOT = join(import.meta.dirname, '../..');
const SHOWN = join(ROOT, 'docs/images');
const OTHERS = join(ROOT, 'cdk.out/screenshots');
/** Those in README.md and docs/operations.md. */
const IS_SHOWN = new Set(['console-light', 'console-dark', 'console-phone', 'book-light']);
const WIDE = { width: 1100, height: 1040 };

/** Time until all is well: the demonstration may be throttled, which is reported for half a minute. */
const PATIENCE_MS = 90_000;

const LOOKS = {
  light: { viewport: WIDE, deviceScaleFactor: 1, colorScheme: 'light' },
  dark: { viewport: WIDE, deviceScaleFactor: 1, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 760 }, deviceScaleFactor: 2, colorScheme: 'light' },
} as const;

const Books = z.array(z.object({ uuid: z.string(), name: z.string() }));
const Deliveries = z.object({
  rows: z.array(z.object({ deliveryId: z.string(), eventName: z.string().nullable() })),
});

/** Addresses of the pages, by the name of their pictures: of the book with every seed event, and of its last delivery. */
async function pagesOf(consoleUrl: string): Promise<ReadonlyMap<string, string>> {
  const read = async (path: string): Promise<unknown> => (await fetch(`${consoleUrl}api/${path}`)).json();
  const books = Books.parse(await read('ocrolus/books'));
  const book = books.find(({ name }) => name.endsWith('every seed event'))?.uuid ?? '';
  const { rows } = Deliveries.parse(await read(`deliveries?book=${book}&event=BOOK_VERIFIED`));
  return new Map([
    ['console', '?since=15m'],
    ['deliveries', 'deliveries'],
    ['delivery', `deliveries/${rows[0]?.deliveryId}`],
    ['books', 'books'],
    ['book', `books/${book}`],
    ['queues', 'queues'],
    ['poller', 'poller'],
    ['registration', 'registration'],
    ['simulate', 'simulate'],
    ['runbook', 'runbook/dead-letters'],
  ]);
}

async function take(browser: Browser, consoleUrl: string): Promise<void> {
  for (const [look, options] of Object.entries(LOOKS)) {
    const page = await browser.newPage(options);
    for (const [name, place] of await pagesOf(consoleUrl)) {
      await page.goto(`${consoleUrl}#/${place}`);
      await page.getByText('All is well').first().waitFor({ timeout: PATIENCE_MS });
      await page.getByRole('heading', { level: 1 }).waitFor();
      // What is still read ends with an ellipsis.
      await page.locator('main').getByText(/ …$/).first().waitFor({ state: 'hidden' });
      const picture = `${name}-${look}`;
      const path = join(IS_SHOWN.has(picture) ? SHOWN : OTHERS, `${picture}.png`);
      await page.screenshot({ path });
      console.log(path);
    }
    await page.close();
  }
}

const executablePath = findChromium();
if (executablePath === undefined) throw new Error('no Chromium is installed: CHROMIUM_PATH names one');

for (const folder of [SHOWN, OTHERS]) await mkdir(folder, { recursive: true });
// Commands need no flag to find a stack there.
const started = await npmStart(DEFAULT_DATA_DIR);
const browser = await chromium.launch({ executablePath, headless: true });
try {
  await started.demonstrated;
  await take(browser, started.consoleUrl);
} finally {
  await browser.close();
  await started.stop();
}

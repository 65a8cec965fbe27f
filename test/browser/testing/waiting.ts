import type { Route } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ConsoleInBrowser } from './console.ts';

/** Tests of what a page shows while it waits: for a slow server, and for commands with progress. */
export function testWaiting(console: () => ConsoleInBrowser): void {
  test('an answer is shown although the stack has changed since it was asked for', async () => {
    const { page, shows, open, makeQuickBook } = console();
    const asked: Route[] = [];
    await page.route(/api\/deliveries\?/, (route) => void asked.push(route));
    await open('deliveries');
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    await makeQuickBook();
    await expect.poll(() => asked.length, { timeout: 15_000 }).toBeGreaterThan(1);
    await asked[0]?.continue();
    await shows(page.getByRole('cell', { name: 'BOOK_VERIFIED' }));
    await page.unroute(/api\/deliveries\?/);
    await Promise.all(asked.slice(1).map((route) => route.continue().catch(() => undefined)));
  });

  test('backfill and forget show their progress', async () => {
    const { page, shows, open, button, report, questions, makeQuickBook } = console();
    await open('poller');
    await button('Backfill').click();
    await shows(page.getByRole('progressbar', { name: 'ops backfill --from 90d --yes' }));
    await shows(report().getByText(/^\d+ more books are due; the poller fetches/));

    const book = await makeQuickBook();
    await open(`books/${book}`);
    await shows(page.getByText('This book is finished.'));
    await button('Forget').click();
    await shows(page.getByRole('progressbar', { name: `ops forget ${book} --yes` }));
    await shows(report().getByText(/^Forgotten: /));
    expect(questions.splice(0)).toEqual(['Delete everything of this book, permanently?']);
  });
}

import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serveConsole } from '../../infra/console/server.ts';
import { openStageSource } from '../../infra/console/source.ts';
import type { RunningServer } from '../../infra/running-stacks/loopback-server.ts';
import { BOOK, useStage } from '../infra/console/testing/stage.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { findChromium } from './testing/chromium.ts';
import { openPage, PATIENCE, violationsOf } from './testing/console.ts';

const executablePath = findChromium();

describe.skipIf(executablePath === undefined)('the console of a stage', { timeout: 2 * PATIENCE }, () => {
  const stage = useStage();
  let browser: Browser;
  let page: Page;
  let url: string;
  let server: RunningServer;
  /** What the browser had to complain about. */
  let problems: string[];
  const open = (place: string) => page.goto(`${url}#/${place}`);
  const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? '', headless: true });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    const dead = delivery('BOOK_VERIFIED', { bookUuid: BOOK }, { deliveryId: 'dead' });
    await stage.stack.dead('book-verified', dead);
    stage.alarm('webhook-server-errors');
    server = await serveConsole(openStageSource(stage.target, { stage: 'prod', opsFlags: ' --stage prod' }));
    url = server.url;
    ({ page, problems } = await openPage(browser));
    return async () => {
      await page.context().close();
      await server.stop();
    };
  });

  test.each(['light', 'dark'] as const)('axe finds nothing wrong: %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const places = [
      ['', 'Alarms that are not OK'],
      ['deliveries', 'Deliveries, newest first'],
      ['deliveries/failed', 'Attempts of the consumer'],
      ['books', 'Books, polled next first'],
      [`books/${BOOK}`, 'Deliveries about this book, newest first'],
      ['queues', 'Queues'],
    ] as const;
    for (const [place, table] of places) {
      await open(place);
      await page.getByRole('table', { name: table }).waitFor();
      expect(await violationsOf(page), place).toEqual([]);
      expect(await page.getByRole('button', { name: /Replay|Redrive|Discard|Poll now|Kill/ }).count()).toBe(
        0,
      );
    }
    await page.setViewportSize({ width: 360, height: 740 });
    for (const [place] of places) {
      await open(place);
      await page.getByRole('table').first().waitFor();
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(tooWide, `${place} is wider than the window`).toBeLessThanOrEqual(0);
    }
    expect(problems).toEqual([]);
  });

  test('its name is on every page, and what only the local stack has is on none', async () => {
    await open('');
    await shows('Ocrolus webhooks: prod');
    await shows('alarms: on: webhook-server-errors.');
    expect(await page.title()).toBe('Overview · prod · Ocrolus webhooks');
    expect(await page.getByRole('link', { name: 'Simulate' }).count()).toBe(0);
    await open('simulate');
    await shows('There is no page simulate.');
    await open('poller');
    await shows('npm run -s ops -- poll --stage prod');
  });

  test('deliveries are searched by the address, and each has the command that replays it', async () => {
    await open('deliveries');
    await shows('2 deliveries');
    await page.getByRole('searchbox', { name: 'From (UTC)' }).fill('3h');
    await page.getByRole('button', { name: 'Search' }).click();
    await shows('3 deliveries');
    expect(page.url()).toContain('#/deliveries?since=3h');
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('retrying');
    await shows('1 delivery');
    await page.getByRole('link', { name: 'BOOK_VERIFIED' }).click();
    await shows(/ops -- replay --delivery failed --book .* --stage prod/);
    await open('deliveries?since=never');
    await shows('From: It must be a time that exists');
  });

  test('a book is found by its pk, and books with missing results are chosen', async () => {
    await open('books');
    await shows('2 books; 2 polled books read, 1 with missing results.');
    await page.getByRole('checkbox', { name: 'Only with missing results' }).check();
    await shows('1 book with missing results');
    await page.getByRole('searchbox', { name: 'Book' }).fill('pk-77');
    await page.getByRole('button', { name: 'Find' }).click();
    await shows(BOOK);
    await shows('Loan of Jane Roe');
  });

  test('what a page says without data, and without its server, says what to do', async () => {
    await open('');
    await shows(/^Nothing was measured in this time\. .* ops doctor\.$/);
    await page.getByRole('link', { name: '7d' }).click();
    await shows('npm run -s ops -- metrics --since 7d --csv --stage prod');
    await server.stop();
    await shows(/^● This is the last known state\. No answer\. If the command .* start it again/);
    await page.getByRole('link', { name: '24h' }).click();
    await page
      .locator('.card', { hasText: 'Over time' })
      .getByText(/^No answer\. .* start it again/)
      .waitFor();
  });
});

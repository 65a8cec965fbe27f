import { request } from 'node:http';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ACCESS } from '../../infra/running-stacks/access.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { findChromium } from './testing/chromium.ts';
import { npmStart, type Started } from './testing/npm-start.ts';

const executablePath = findChromium();
if (executablePath === undefined) {
  console.warn('The tests of the console are skipped: no Chromium is installed (CHROMIUM_PATH names one).');
}

const PATIENCE = 60_000;
const PAGES = ['', 'deliveries', 'books', 'queues', 'poller', 'simulate'];
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };

describe.skipIf(executablePath === undefined)('the console', { timeout: 2 * PATIENCE }, () => {
  let started: Started;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    started = await npmStart();
    browser = await chromium.launch({ executablePath: executablePath ?? '', headless: true });
    const context = await browser.newContext({ viewport: WIDE });
    page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (dialog) => problems.push(`a dialog: ${dialog.message()}`));
    await page.goto(started.consoleUrl);
    // The start synthesizes and bundles the app, on a machine that may be busy.
  }, 5 * PATIENCE);
  afterAll(async () => {
    await browser?.close();
    await started?.stop();
  });

  const open = async (place: string) => {
    await page.goto(`${started.consoleUrl}#/${place}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' });
  const station = (name: string, text: string | RegExp) =>
    page.locator('.flow li', { hasText: name }).filter({ hasText: text });
  const report = () => page.locator('.report');
  const shows = (locator: Locator) => locator.first().waitFor({ timeout: PATIENCE });
  const turn = async (name: string, isOn: boolean) => {
    await open('simulate');
    const fault = page.getByRole('switch', { name: new RegExp(`^${name}`) });
    if ((await fault.getAttribute('aria-checked')) !== String(isOn)) await fault.click();
    await shows(page.locator(`[role=switch][aria-checked=${isOn}]`, { hasText: name }));
  };
  /** Makes a book on the page of books. @returns its uuid. */
  const makeBook = async (documents: number) => {
    await open('books');
    await page.getByRole('spinbutton', { name: 'Documents' }).fill(String(documents));
    await button('Create book').click();
    await page.waitForURL(/#\/books\/[0-9a-f-]{36}$/);
    return page.url().slice(-36);
  };
  const isComplete = () => shows(page.locator('.facts .badge.ok', { hasText: 'Complete' }));
  const sendEvent = async (book: string, event: string) => {
    await open(`books/${book}`);
    await page.getByRole('combobox', { name: 'Event' }).selectOption(event);
    await button('Send the event').click();
    await shows(report().getByText(`${event} sent`));
  };

  test('the demonstration is shown live, and ends with every book complete', async () => {
    await shows(station('Table', /Table\s*[1-9]\d*\s*results? stored/));
    await started.demonstrated;
    await shows(page.getByText('All is well: every book has what it should have.'));
    const rows = page
      .locator('section', { has: page.getByRole('heading', { name: 'Books' }) })
      .getByRole('row');
    for (const name of ['every seed event', 'every webhook lost']) {
      await shows(rows.filter({ hasText: name }).filter({ hasText: 'Complete' }));
    }
    await shows(station('Webhook', 'none refused'));
    await shows(page.getByRole('img', { name: /^Calls to Ocrolus per second\. At most \d+ of 12 allowed/ }));
  });

  test('a delivery is shown with its body, verdict, attempts, calls and what it wrote', async () => {
    await open('deliveries?event=MIDDESK');
    await page.getByRole('link', { name: 'MIDDESK_VERIFIED' }).click();
    await shows(page.getByText('Signature valid: accepted and queued.'));
    await shows(page.getByLabel('Raw body').getByText('"event":"MIDDESK_VERIFIED"'));
    await shows(page.getByRole('table', { name: 'Attempts of the consumer' }).getByText('Done'));
    await shows(
      page.getByRole('table', { name: 'Calls to Ocrolus' }).getByText(/GET \/v2\/book\/.*\/business\//),
    );
    await shows(page.getByRole('table', { name: 'Items written' }).getByText(/^RESULT#business#/));
    await button('Replay').click();
    await shows(report().getByText('Sent to its queue again.'));
    await shows(report().getByText('ops -- replay --delivery'));
    await shows(page.getByRole('table', { name: 'Attempts of the consumer' }).getByRole('row').nth(2));
  });

  test('a book is created, runs through all steps, and its results can be read', async () => {
    await makeBook(2);
    await isComplete();
    await button('transactions').first().click();
    await shows(page.getByLabel('Body of the result').getByText('"status": 200'));
    await shows(page.getByRole('table', { name: /^Deliveries about this book/ }).getByText('BOOK_VERIFIED'));
  });

  test('a book is taken step by step', async () => {
    await open('books');
    await page.getByLabel('Run all steps').uncheck();
    await button('Create book').click();
    await button('Classify book').click();
    await button('Verify document').first().waitFor();
    await button('All steps').click();
    await shows(page.getByText('This book is finished.'));
    await isComplete();
  });

  test('a book whose webhooks are all lost is rescued by the poller', async () => {
    await turn('Lose', true);
    await makeBook(1);
    await isComplete();
    const through = page.getByRole('table', { name: /^Deliveries about this book/ });
    await shows(through.getByText('poller'));
    expect(await through.getByText('webhook').count()).toBe(0);
    await turn('Lose', false);
    await open('');
    await shows(station('Ocrolus', /[1-9]\d* lost/));
    await open('deliveries?source=ocrolus');
    await shows(page.getByRole('table').getByText('never arrived'));
  });

  test('duplicates of a delivery are shown', async () => {
    await turn('Duplicate', true);
    await shows(report().getByText('/ocrolus/faults/deliveries'));
    const book = await makeBook(1);
    await isComplete();
    // A duplicate may have the id of the first one, or one of its own.
    await expect.poll(() => postsOf(started.consoleUrl, book, 'BOOK_VERIFIED')).toBe(2);
    await turn('Duplicate', false);
  });

  test('Ocrolus refuses every call, and all is well again without it', async () => {
    const book = await makeBook(1);
    await isComplete();
    await turn('403', true);
    await sendEvent(book, 'BOOK_VERIFIED');
    await open(`deliveries?book=${book}&event=BOOK_VERIFIED`);
    const link = page
      .getByRole('row')
      .filter({ hasNotText: 'Applied' })
      .getByRole('link', { name: 'BOOK_VERIFIED' });
    await link.first().click();
    const calls = page.getByRole('table', { name: 'Calls to Ocrolus' });
    await shows(calls.getByRole('cell', { name: '403', exact: true }));
    const delivery = page.url();
    await turn('403', false);
    await page.goto(delivery);
    await shows(page.locator('.facts .badge.ok', { hasText: 'Done' }));
  });

  test('every switch changes the faults of the simulator', async () => {
    const faults = async () => (await fetch(`${started.consoleUrl}api/ocrolus/faults`)).text();
    for (const name of ['Delay', 'Reorder', '429', '500', 'Too early']) {
      const off = await faults();
      await turn(name, true);
      const on = await faults();
      expect(on, name).not.toBe(off);
      await turn(name, false);
      expect(await faults(), name).not.toBe(on);
    }
  });

  test('a consumer is killed, and the poller runs when it is asked to', async () => {
    await open('simulate');
    await button('Kill book-results').click();
    await shows(report().getByText(/process of book-results was/));
    await open('poller');
    await button('Poll now').click();
    await shows(report().getByText(/The poller answered .*"polled":/));
    await shows(report().getByText('npm run -s ops -- poll'));
  });

  test('dead letters are seen, redriven, and discarded', async () => {
    const { sqs } = started.stack;
    const client = new SQSClient({ ...ACCESS, endpoint: sqs.endpoint });
    const dlqUrl = sqs.queues['book-verified']?.dlqUrl ?? '';
    const book = await makeBook(1);
    await isComplete();
    const deliveryId = 'a-delivery-that-was-dead';
    const more = { deliveryId, receivedAt: new Date().toISOString() };
    const envelope = delivery('BOOK_VERIFIED', { bookUuid: book }, more);
    await client.send(new SendMessageCommand({ QueueUrl: dlqUrl, MessageBody: JSON.stringify(envelope) }));
    await open('queues');
    await shows(page.getByText('1 dead letter: fix the cause, then redrive.'));
    await button('Redrive all of book-verified').click();
    await shows(report().getByText('book-verified: 1 moved back to the queue, 0 left.'));
    await open(`deliveries/${deliveryId}`);
    await shows(page.locator('.facts .badge.ok', { hasText: 'Done' }));

    await client.send(new SendMessageCommand({ QueueUrl: dlqUrl, MessageBody: 'not an envelope' }));
    client.destroy();
    await open('queues');
    await shows(
      page.getByRole('table', { name: 'Dead letters of book-verified' }).getByText('Unreadable message'),
    );
    await button(/^Discard /).click();
    await shows(report().getByText('Discarded. It was saved to'));
    await shows(page.getByText('None. A message that fails too often is moved here'));
  });

  test('names that borrowers choose are text, whatever is in them', async () => {
    const name = `<img src=x onerror="alert(1)"><b>Smith & Sons</b>`;
    await fetch(`${started.consoleUrl}api/ocrolus/books`, {
      method: 'POST',
      body: JSON.stringify({ name, documents: 0 }),
    });
    await open('books');
    await shows(page.getByRole('link', { name }));
  });

  test('the keyboard reaches the content and everything in it', async () => {
    await open('queues');
    await page.reload();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await open('simulate');
    const lose = page.getByRole('switch', { name: /^Duplicate/ });
    await lose.focus();
    await page.keyboard.press('Space');
    await shows(page.locator('[role=switch][aria-checked=true]', { hasText: 'Duplicate' }));
    await page.keyboard.press('Space');
    await shows(page.locator('[role=switch][aria-checked=false]', { hasText: 'Duplicate' }));
  });

  test.each([
    ['light', 'wide', WIDE],
    ['dark', 'narrow', NARROW],
  ] as const)('axe finds nothing wrong: %s, %s', async (colorScheme, _, viewport) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const [book] = await booksOf(started.consoleUrl);
    const [delivery] = await deliveriesOf(started.consoleUrl);
    for (const place of [...PAGES, `books/${book}`, `deliveries/${delivery}`]) {
      await open(place);
      await shows(page.getByRole('table'));
      // Not by a tag, which the page's policy forbids.
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      const found = violations.map(({ id, nodes }) => `${place}: ${id}: ${nodes[0]?.html}`);
      expect(found).toEqual([]);
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(tooWide, `${place} is wider than the window`).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize(WIDE);
  });

  test('another host, another origin, and no token are refused', async () => {
    const { host, pathname, port } = new URL(started.consoleUrl);
    const status = (path: string, headers: Record<string, string>, method = 'GET') =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await status(pathname, { host })).toBe(200);
    expect(await status(pathname, { host: 'attacker.example' })).toBe(403);
    expect(await status(`${pathname}api/poll`, { host, origin: 'http://attacker.example' }, 'POST')).toBe(
      403,
    );
    expect(await status(`${pathname}api/poll`, { host, origin: 'null' }, 'POST')).toBe(403);
    for (const path of ['/', '/api/live', '/0123/', '/style.css'])
      expect(await status(path, { host }), path).toBe(401);
    expect(await status(`${pathname}../package.json`, { host })).not.toBe(200);
  });

  test('a request with a large body is refused', async () => {
    const kill = { method: 'POST', body: JSON.stringify({ function: 'x'.repeat(100_000) }) };
    expect((await fetch(`${started.consoleUrl}api/kill`, kill)).status).toBe(413);
  });

  test('the browser had nothing to complain about, and all of it ends within five seconds', async () => {
    expect(problems).toEqual([]);
    await browser.close();
    expect(await started.stop()).toBeLessThan(5000);
  });
});

const Posts = z.object({ record: z.object({ posts: z.array(z.unknown()) }) });

/** Number of deliveries of an event about a book that reached the webhook. */
async function postsOf(consoleUrl: string, book: string, event: string): Promise<number> {
  const list = await fetch(`${consoleUrl}api/deliveries?book=${book}&event=${event}&source=webhook`);
  const { rows } = Deliveries.parse(await list.json());
  const pages = rows.map(({ deliveryId }) => fetch(`${consoleUrl}api/deliveries/${deliveryId}`));
  const posts = await Promise.all(
    pages.map(async (page) => Posts.parse(await (await page).json()).record.posts),
  );
  return posts.flat().length;
}

const Books = z.array(z.object({ uuid: z.string() }));
const Deliveries = z.object({ rows: z.array(z.object({ deliveryId: z.string() })) });

async function booksOf(consoleUrl: string): Promise<string[]> {
  const books = Books.parse(await (await fetch(`${consoleUrl}api/ocrolus/books`)).json());
  // The newest one has no document, and so nothing of it is stored.
  return books.slice(1).map(({ uuid }) => uuid);
}

async function deliveriesOf(consoleUrl: string): Promise<string[]> {
  const answer = await fetch(`${consoleUrl}api/deliveries?source=webhook`);
  return Deliveries.parse(await answer.json()).rows.map(({ deliveryId }) => deliveryId);
}

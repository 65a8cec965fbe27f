import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { delivery } from '../shared/events/testing/delivery.ts';
import { findChromium } from './testing/chromium.ts';
import { type ConsoleInBrowser, openConsole, PATIENCE, WIDE } from './testing/console.ts';
import { testFindings } from './testing/findings.ts';
import { testKeyboard } from './testing/keyboard.ts';
import { testWaiting } from './testing/waiting.ts';

const executablePath = findChromium();
if (executablePath === undefined) {
  console.warn('The tests of the console are skipped: no Chromium is installed (CHROMIUM_PATH names one).');
}

const PAGES = ['', 'deliveries', 'books', 'queues', 'poller', 'registration', 'simulate'];
const NARROW = { width: 360, height: 740 };

describe.skipIf(executablePath === undefined)('the console', { timeout: 2 * PATIENCE }, () => {
  let shown: ConsoleInBrowser;
  // The start synthesizes and bundles the app, on a machine that may be busy.
  beforeAll(async () => {
    shown = await openConsole(executablePath ?? '');
  }, 5 * PATIENCE);
  afterAll(async () => {
    await shown?.end();
  });

  test('the demonstration is shown live', async () => {
    const { shows, station } = shown;
    await shows(station('Table', /Table\s*[1-9]\d*\s*results? stored/));
    await shows(shown.completeRow('every seed event'));
  });

  test('a delivery is shown with its body, verdict, attempts, calls and what it wrote', async () => {
    const { page, shows, open, button, report } = shown;
    await open('deliveries?event=MIDDESK_VERIFIED');
    await page.getByRole('link', { name: 'MIDDESK_VERIFIED' }).click();
    await shows(page.getByText('Accepted by the webhook, and queued.'));
    await shows(page.getByRole('table', { name: 'Attempts of the consumer' }).getByText('Applied'));
    await shows(page.getByRole('table', { name: 'Calls to Ocrolus' }).getByText(/business/));
    expect(await page.getByLabel('Body of the delivery').count()).toBe(0);
    await button('Show the body').click();
    await shows(page.getByLabel('Body of the delivery').getByText('"event":"MIDDESK_VERIFIED"'));
    await shows(page.getByRole('table', { name: 'Items written' }).getByText(/^RESULT#business#/));
    await button('Replay').click();
    await shows(report().getByText('Sent to its queue again.'));
    await shows(report().getByText('ops -- replay --delivery'));
    await shows(page.getByRole('table', { name: 'Attempts of the consumer' }).getByRole('row').nth(2));
  });

  test.each([
    ['light', 'wide', WIDE],
    ['dark', 'narrow', NARROW],
  ] as const)('axe finds nothing wrong: %s, %s', async (colorScheme, _, viewport) => {
    const { page, shows, open, violations } = shown;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const [book, delivery] = await Promise.all([shown.firstBook(), shown.anyDelivery()]);
    for (const place of [...PAGES, `books/${book}`, `deliveries/${delivery}`]) {
      await open(place);
      await shows(page.getByRole('table').or(page.getByText('Matches the settings')));
      expect(await violations(), place).toEqual([]);
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(tooWide, `${place} is wider than the window`).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize(WIDE);
  });

  test('an unknown page says so, whatever is in the address', async () => {
    await shown.open('nothing/%zz');
    await shown.shows(shown.page.getByText('There is no page nothing.'));
    await shown.page.getByRole('link', { name: 'Go to the overview' }).click();
  });

  testKeyboard(() => shown);

  test('the demonstration ends with every book complete', async () => {
    const { page, shows, open, station, started } = shown;
    await open('');
    await started.demonstrated;
    await shows(page.getByText('All is well: every book has what it should have.'));
    await shows(shown.completeRow('every webhook lost'));
    await shows(station('Webhook', 'none refused'));
    await open('?since=15m');
    await shows(page.getByRole('img', { name: /^Deliveries\. deliveries accepted: [1-9]/ }));
    await shows(page.getByRole('img', { name: /^Calls to Ocrolus\. calls to Ocrolus: [1-9]/ }));
    await page.getByText('The same as a table').click();
    await shows(page.getByRole('table', { name: 'Metrics over time' }).getByRole('row').nth(1));
    await page.getByRole('link', { name: '6h' }).click();
    await shows(page.getByText('npm run -s ops -- metrics --since 6h --csv'));
    expect(page.url()).toContain('#/?since=6h');
  });

  testFindings(() => shown);

  testWaiting(() => shown);

  test('every switch changes the faults of the simulator', async () => {
    const { open, switchOf, isTurned, started } = shown;
    const switches = ['Lose', 'Duplicate', 'Delay', 'Reorder', '403', '429', '500', 'Too early'];
    const faults = async () => (await fetch(`${started.consoleUrl}api/ocrolus/faults`)).text();
    await open('simulate');
    for (const isOn of [true, false]) {
      for (const name of switches) {
        const before = await faults();
        await switchOf(name).click();
        await expect.poll(faults, { message: name }).not.toBe(before);
      }
      for (const name of switches) await isTurned(name, isOn);
    }
  });

  test('a consumer is killed, and the poller runs when it is asked to', async () => {
    const { shows, open, button, report } = shown;
    await open('simulate');
    await button('Kill book-results').click();
    await shows(report().getByText(/process of book-results was/));
    await open('poller');
    await button('Poll now').click();
    await shows(report().getByText(/The poller answered .*"polled":/));
    await shows(report().getByText('npm run -s ops -- poll'));
  });

  test('dead letters are seen, redriven, and discarded', async () => {
    const { page, shows, open, button, report, started } = shown;
    const deliveryId = 'a-delivery-that-was-dead';
    const more = { deliveryId, receivedAt: new Date().toISOString() };
    const envelope = delivery('BOOK_VERIFIED', { bookUuid: await shown.firstBook() }, more);
    await shown.sendDead(JSON.stringify(envelope));
    await open('queues');
    await shows(page.getByText('1 dead letter: fix the cause, then redrive.'));
    await button('Redrive all of book-verified').click();
    await shows(page.getByRole('progressbar', { name: 'ops redrive book-verified' }));
    await shows(report().getByText('book-verified: 1 moved back to the queue, 0 left.'));
    // Until a consumer is finished with it, nothing knows the delivery: it is in no log, and no longer a dead letter.
    const known = async () => (await fetch(`${started.consoleUrl}api/deliveries/${deliveryId}`)).status;
    await expect.poll(known, { timeout: PATIENCE }).toBe(200);
    await open(`deliveries/${deliveryId}`);
    await shows(page.locator('.facts .badge.ok', { hasText: 'Processed' }));

    await shown.sendDead('not an envelope');
    await open('queues');
    await button('Show the dead letters of book-verified').click();
    await shows(
      page.getByRole('table', { name: 'Dead letters of book-verified' }).getByText('Unreadable message'),
    );
    await button(/^Discard /).click();
    expect(shown.questions).toEqual([expect.stringMatching(/^Save the message .* and delete it/)]);
    await shows(report().getByText('Discarded. It was saved to'));
    await shows(page.getByText('None. A message that fails too often is moved here'));
  });

  test('a book is created, and its results can be read', async () => {
    const { page, shows, open, button } = shown;
    await open('books');
    await page.getByRole('spinbutton', { name: 'Documents' }).fill('2');
    await button('Create book').click();
    await button('transactions').first().click();
    await shows(page.getByLabel('Body of the result').getByText('"status": 200'));
    await shows(page.getByRole('table', { name: 'response.txns' }).getByRole('row').nth(1));
    await shows(page.getByText(/ops -- result .* transactions/));
    await shows(page.getByRole('table', { name: /^Deliveries about this book/ }).getByText('BOOK_VERIFIED'));
    await page.getByRole('combobox', { name: 'Event' }).selectOption('BOOK_VERIFIED');
    await button('Send the event').click();
    await shows(shown.report().getByText('BOOK_VERIFIED sent'));
  });

  test('a book is taken step by step', async () => {
    const { page, shows, open, button } = shown;
    await open('books');
    await page.getByLabel('Run all steps').uncheck();
    await button('Create book').click();
    await button('Classify book').click();
    await button('Verify document').first().waitFor();
    await button('All steps').click();
    await shows(page.getByText('This book is finished.'));
  });

  test('names that borrowers choose are text, whatever is in them', async () => {
    const name = `<img src=x onerror="alert(1)"><b>Smith & Sons</b>`;
    const body = JSON.stringify({ name, documents: 0 });
    await fetch(`${shown.started.consoleUrl}api/ocrolus/books`, { method: 'POST', body });
    await shown.open('books');
    await shown.shows(shown.page.getByRole('link', { name }));
  });

  test('a large body is refused', async () => {
    const kill = { method: 'POST', body: JSON.stringify({ function: 'x'.repeat(100_000) }) };
    expect((await fetch(`${shown.started.consoleUrl}api/kill`, kill)).status).toBe(413);
  });

  test('the browser had nothing to complain about, and all of it ends within five seconds', async () => {
    expect(shown.problems).toEqual([]);
    expect(await shown.end()).toBeLessThan(5000);
  });
});

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import * as z from 'zod';
import { ACCESS } from '../../../infra/running-stacks/access.ts';
import { firstSnapshot } from '../../infra/console/testing/live.ts';
import { npmStart } from './npm-start.ts';

/** Milliseconds until what a test waits for must be shown. */
export const PATIENCE = 60_000;
export const WIDE = { width: 1280, height: 900 };

export type ConsoleInBrowser = Awaited<ReturnType<typeof openConsole>>;

/** `npm start`, and its console in a browser: both are shared by all tests. */
export async function openConsole(executablePath: string) {
  const started = await npmStart();
  const { consoleUrl } = started;
  const browser = await chromium.launch({ executablePath, headless: true });
  const { page, problems } = await openPage(browser);
  /** What the page has asked; every answer is yes. */
  const questions: string[] = [];
  page.on('dialog', async (dialog) => {
    const isQuestion = dialog.type() === 'confirm';
    (isQuestion ? questions : problems).push(dialog.message());
    await (isQuestion ? dialog.accept() : dialog.dismiss());
  });
  await page.goto(consoleUrl);

  const read = async (path: string): Promise<unknown> => (await fetch(`${consoleUrl}api/${path}`)).json();
  const shows = (locator: Locator) => locator.first().waitFor();
  const open = async (place: string) => {
    await page.goto(`${consoleUrl}#/${place}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' });
  const report = () => page.locator('.report');
  const switchOf = (name: string) => page.getByRole('switch', { name: new RegExp(`^${name}`) });
  const isTurned = (name: string, isOn: boolean) =>
    shows(page.getByRole('switch', { name: new RegExp(`^${name}`), checked: isOn }));

  return {
    ...{ started, page, problems, questions, shows, open, button, report, switchOf, isTurned },
    /** Ends the browser and the stack. @returns the milliseconds that the stack took. */
    async end(): Promise<number> {
      await browser.close();
      return started.stop();
    },
    /** The part of the flow on the first page that has this name and this text. */
    station: (name: string, text: string | RegExp) =>
      page.locator('.flow li', { hasText: name }).filter({ hasText: text }),
    /** The row of a complete book on the first page. */
    completeRow: (name: string) =>
      page
        .locator('section', { has: page.getByRole('heading', { name: 'Books' }) })
        .getByRole('row')
        .filter({ hasText: name })
        .filter({ has: page.locator('.badge.ok', { hasText: 'Complete' }) }),
    /** Makes a book without bank statements: it needs no calls of the kind that Ocrolus limits to one per second. */
    async makeQuickBook(): Promise<string> {
      const body = JSON.stringify({ documents: [{ kind: 'form' }], steps: 'all' });
      const made = await fetch(`${consoleUrl}api/ocrolus/books`, { method: 'POST', body });
      return MadeBook.parse(await made.json()).uuid;
    },
    /** The book of the demonstration with every seed event. @returns its uuid. */
    async firstBook(): Promise<string> {
      const books = Books.parse(await read('ocrolus/books'));
      return books.find(({ name }) => name.endsWith('every seed event'))?.uuid ?? '';
    },
    /** Puts a message into the dead-letter queue of `book-verified`. */
    async sendDead(MessageBody: string): Promise<void> {
      const { sqs } = started.stack;
      const client = new SQSClient({ ...ACCESS, endpoint: sqs.endpoint });
      const QueueUrl = sqs.queues['book-verified']?.dlqUrl ?? '';
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      client.destroy();
    },
    /** As `ops pause` and `ops resume`. */
    async setConsuming(channel: string, isOn: boolean): Promise<void> {
      const { url, token } = started.stack.control;
      await fetch(new URL('/consuming', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ channel, isOn }),
      });
    },
    /** What axe finds wrong with the page that is open. */
    violations: () => violationsOf(page),
    /** A delivery that reached the webhook. @returns its id. */
    async anyDelivery(): Promise<string | undefined> {
      const { rows } = Deliveries.parse(await read('deliveries?source=webhook'));
      return rows[0]?.deliveryId;
    },
    /** The state that the pages show. */
    snapshot: async () => Snapshot.parse(await firstSnapshot(consoleUrl)),
  };
}

/** Opens a page. `problems`: what the browser had to complain about. */
export async function openPage(browser: Browser) {
  const page = await (await browser.newContext({ viewport: WIDE })).newPage();
  page.setDefaultTimeout(PATIENCE);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  return { page, problems };
}

/** What axe finds wrong with a page. */
export async function violationsOf(page: Page): Promise<string[]> {
  // Not by a tag, which the page's policy forbids.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

const MadeBook = z.object({ uuid: z.string() });
const Books = z.array(MadeBook.extend({ name: z.string() }));
const Snapshot = z.object({
  health: z.array(
    z.object({
      ...{ name: z.string(), state: z.string(), found: z.string(), todo: z.string().optional() },
      ...{ since: z.string().optional(), count: z.number().optional() },
    }),
  ),
});
const Deliveries = z.object({ rows: z.array(z.object({ deliveryId: z.string() })) });
